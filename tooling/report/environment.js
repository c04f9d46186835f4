/** The variables of the programs that a command starts: in a log, and not on a terminal, they write no colours, in CI neither. */
export const environment = { ...process.env, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }) };
