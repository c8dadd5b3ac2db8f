// What the belt is made of for one kind of cell, fetched in one piece.
import { lstmFolded } from "../folded/lstm.js";
import { lstmLanes } from "../lanes/lstm.js";

export const belt = { lanes: lstmLanes, folded: lstmFolded };
