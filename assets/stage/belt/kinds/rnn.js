// What the belt is made of for one kind of cell, fetched in one piece.
import { rnnFolded } from "../folded/rnn.js";
import { rnnLanes } from "../lanes/rnn.js";

export const belt = { lanes: rnnLanes, folded: rnnFolded };
