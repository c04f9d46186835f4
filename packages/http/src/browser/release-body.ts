/** Dropping a body, in a browser, which looks after its connections itself. */
export { cancelBody as releaseBody } from '../cancel-body.ts';
