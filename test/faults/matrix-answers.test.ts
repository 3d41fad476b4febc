import { factRows } from "./rows-facts";
import { fileRows } from "./rows-files";
import { listRows } from "./rows-list";
import { spellingRows } from "./rows-spelling";
import { wordRows } from "./rows-words";
import { testRows } from "./run-rows";

testRows([...wordRows, ...listRows, ...fileRows, ...factRows, ...spellingRows]);
