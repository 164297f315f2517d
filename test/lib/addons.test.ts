import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { StartError } from '../../src/domain/errors.ts';
import { place } from '../../src/lib/addons.ts';

const root = mkdtempSync(join(tmpdir(), 'parley-addons-'));
afterAll(() => rmSync(root, { recursive: true }));

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(root, 'state-')), 'native');
});
const CODE = Buffer.from('code');

describe('an addon of the executable', () => {
  it('is written once, for its owner alone, and may be executed', () => {
    const path = place('uws-1234.node', CODE, folder);
    expect(readFileSync(path)).toEqual(CODE);
    expect(statSync(path).mode & 0o777).toBe(0o500);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const { ino } = statSync(path);
    expect(statSync(place('uws-1234.node', CODE, folder)).ino).toBe(ino);
  });

  it('is written anew if its file holds something else', () => {
    const path = place('uws-1234.node', CODE, folder);
    for (const content of ['cod', 'evil']) {
      rmSync(path);
      writeFileSync(path, content, { mode: 0o500 });
      expect(readFileSync(place('uws-1234.node', CODE, folder))).toEqual(CODE);
    }
    expect(readdirSync(folder)).toEqual(['uws-1234.node']);
  });

  it('takes the place of its older versions, and of nothing else', () => {
    place('uws-1234.node', CODE, folder);
    place('koffi-1234.node', CODE, folder);
    place('uws-5678.node', Buffer.from('newer'), folder);
    expect(readdirSync(folder).sort()).toEqual(['koffi-1234.node', 'uws-5678.node']);
  });

  it('says which settings to change if it cannot be written', () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    expect(() => place('uws-1234.node', CODE, join(file, 'native'))).toThrow(StartError);
    expect(() => place('uws-1234.node', CODE, join(file, 'native'))).toThrow(
      /STATE_DIRECTORY, or DATABASE_PATH/,
    );
  });

  // Others can't give a file away.
  it.runIf(process.getuid?.() === 0)('belongs to the owner of the state folder if root writes it', () => {
    const state = mkdtempSync(join(root, 'owned-'));
    chownSync(state, 1234, 1235);
    const path = place('uws-1234.node', CODE, join(state, 'native'));
    expect(statSync(path)).toMatchObject({ uid: 1234, gid: 1235 });
    expect(statSync(join(state, 'native')).uid).toBe(1234);
  });
});
