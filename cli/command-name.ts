/** The command's name is the package's, so that `npx` can't fetch another package of that name. */
export const COMMAND = "pulumi-domo-s3-export";
/** How the command is called. */
export const CALL = `npx --no-install ${COMMAND}`;
