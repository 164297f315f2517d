import { resolve } from 'node:path';

/** The built `parley`: `npm test` builds it first. From source, every start takes four times as long. */
export const BUILT = resolve(import.meta.dirname, '../../../dist/main.js');
