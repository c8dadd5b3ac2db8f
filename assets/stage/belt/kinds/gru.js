// What the belt is made of for one kind of cell, fetched in one piece.
import { gruFolded } from "../folded/gru.js";
import { gruLanes } from "../lanes/gru.js";

export const belt = { lanes: gruLanes, folded: gruFolded };
