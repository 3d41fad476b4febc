import { testHistories } from "./lanes";

testHistories(0);
