import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileStamp } from '../../src/lib/file-stamp.ts';
import { temporaryFolder } from '../support/server/database.ts';

describe('the stamp of a file', () => {
  it('changes with the file, also behind a symlink, and tells why there is none', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    const other = join(folder, 'other');
    const link = join(folder, 'link');
    writeFileSync(file, 'one');
    writeFileSync(other, 'one');
    symlinkSync(file, link);
    const first = fileStamp(link);
    expect(fileStamp(link)).toBe(first);
    expect(fileStamp(file)).toBe(first);
    renameSync(other, file);
    expect(fileStamp(link)).not.toBe(first);
    rmSync(file);
    expect(fileStamp(link)).toBe('ENOENT');
  });
});
