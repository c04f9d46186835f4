#!/usr/bin/env node
/** The program. */
import { reasonOf } from './command-error.ts';
import { EXIT_CODE } from './exit-code.ts';
import { run } from './run.ts';
import { tell } from './terminal.ts';

// A reader such as `head` may close the pipe before everything is written; that is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  tell(`sortition: Standard output cannot be written: ${reasonOf(error)}.`);
  process.exit(EXIT_CODE.unusable);
});

process.exitCode = await run(process.argv.slice(2));
