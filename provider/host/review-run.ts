/** Set while `review` runs a program. Its engine keeps nothing: it hides each secret where it is, and shows the rest. */
export const REVIEW_RUN = "DOMO_EXPORT_REVIEW";
