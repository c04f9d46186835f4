/** The parser alone: a dynamic import of the package would load everything it has. */
export { parseDatafile } from '@sortition/datafile';
