import { testHistories } from "./lanes";

testHistories(1);
