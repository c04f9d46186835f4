/** Exit codes, the same for every command. */
export const EXIT_CODE = {
  /** Success: no problem was found. */
  clean: 0,
  /** The command ran and found something: a problem, a difference, a failed expectation; or `find-user` found no id. */
  findings: 1,
  /** The command could not run: wrong usage, or an input that cannot be read. */
  unusable: 2,
} as const;

/** A code the process ends with. */
export type ExitCode = (typeof EXIT_CODE)[keyof typeof EXIT_CODE];
