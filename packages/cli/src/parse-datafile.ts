/** Only the parser: a dynamic import of the whole package would load all its modules. */
export { parseDatafile } from '@sortition/datafile';
