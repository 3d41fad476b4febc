import { awsRows } from "./rows-aws";
import { testRows } from "./run-rows";

testRows(awsRows);
