/** The environment variables of the programs that a command starts. Where the output is not a terminal, as in CI, it has no colours. */
export const environment = { ...process.env, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }) };
