import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { StartError } from '../../../src/domain/errors.ts';
import { Database, driverFor, loadDriver } from '../../../src/store/sqlite/driver.ts';

describe('the driver', () => {
  it.each([
    ['10', 'better-sqlite3'],
    ['11', 'better-sqlite3'],
    ['9', 'better-sqlite3-12'],
    [undefined, 'better-sqlite3-12'],
  ])('of a Node with Node-API %s is %s', (nodeApi, driver) => {
    expect(driverFor(nodeApi)).toBe(driver);
  });

  it('that is not installed is named, with what to do', () => {
    const missing = () => loadDriver('better-sqlite3-none', createRequire(import.meta.url));
    expect(missing).toThrow(StartError);
    expect(missing).toThrow(/better-sqlite3-none[\s\S]*Run `npm ci` again/);
  });

  it('opens a database on this Node', () => {
    const database = new Database(':memory:');
    expect(database.prepare('SELECT 1 AS one').get()).toEqual({ one: 1 });
    database.close();
  });
});
