/** The command line, or a file it names, was wrong, or the service refused; the message is all that is shown. */
export class CommandError extends Error {}
