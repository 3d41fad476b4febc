import { longListRows } from "./rows-list";
import { testRows } from "./run-rows";

testRows(longListRows, 1);
