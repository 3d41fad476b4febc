/** The function that mutated text calls with each mutant's number on its way: true = this mistake is made. */
export const SWITCH = "__mutant";
