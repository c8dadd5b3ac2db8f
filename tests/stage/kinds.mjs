// What gates says of each kind of cell, by kind. The tests of Python hand it over: run these through pytest.
if (!process.env.GATESCOPE_KINDS) throw new Error("GATESCOPE_KINDS is not set: run `pytest tests/stage`.");

export const KINDS = JSON.parse(process.env.GATESCOPE_KINDS);
