import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { StartError } from '../../src/domain/errors.ts';
import { loadUws, type Machine } from '../../src/uws/load.ts';

const uws = loadUws();

describe('the native loader', () => {
  it('finds a build on this machine', () => {
    expect(uws.App).toBeTypeOf('function');
    expect(uws.LIBUS_LISTEN_EXCLUSIVE_PORT).toBe(1);
  });

  it('takes an official build first', () => {
    const tried: string[] = [];
    const official = { ...uws };
    expect(loadUws(machine({ 'uWebSockets.js': () => official }, tried))).toBe(official);
    expect(tried).toEqual(['uWebSockets.js']);
  });

  it('takes the package of this platform and Node next', () => {
    const tried: string[] = [];
    expect(loadUws(machine({ '@uwsjs/linux-x64-22': () => uws }, tried))).toBe(uws);
    expect(tried).toEqual(['uWebSockets.js', '@uwsjs/linux-x64-22']);
  });

  it('falls back to the older build if glibc is too old for the newer one', () => {
    const newer = () => {
      throw new Error("/lib/libc.so.6: version `GLIBC_2.38' not found (required by uws.node)");
    };
    const older = { ...uws };
    expect(loadUws(machine({ '@uwsjs/linux-x64-22': newer, 'uws-legacy-22': () => older }))).toBe(older);
  });

  it('skips a package that is no uWebSockets.js', () => {
    expect(loadUws(machine({ 'uWebSockets.js': () => ({}), 'uws-legacy-22': () => uws }))).toBe(uws);
  });

  it('tells what it tried and what goes together if nothing loads', () => {
    const tooNew = () => {
      throw new Error("version `GLIBC_2.38' not found");
    };
    const load = () => loadUws(machine({ '@uwsjs/linux-x64-22': tooNew }));
    expect(load).toThrow(StartError);
    expect(load).toThrow('No build of uWebSockets.js runs here (Node 22.12.0, linux x64, glibc 2.36).');
    expect(load).toThrow('uWebSockets.js: not installed');
    expect(load).toThrow("@uwsjs/linux-x64-22: version `GLIBC_2.38' not found");
    expect(load).toThrow('Node 24 or 26 (glibc 2.38 or later');
  });

  it('tells a missing package from one that lacks a dependency', () => {
    const broken = () => createRequire(import.meta.url)('./no-such-part.node');
    expect(() => loadUws(machine({ 'uWebSockets.js': broken }))).toThrow(
      "uWebSockets.js: Cannot find module './no-such-part.node'",
    );
  });

  it('names a system without glibc', () => {
    expect(() => loadUws({ ...machine({}), platform: 'darwin', glibc: () => undefined })).toThrow('no glibc');
  });
});

function machine(packages: Record<string, () => unknown>, tried: string[] = []): Machine {
  const found = new Map(Object.entries(packages));
  return {
    require(name) {
      tried.push(name);
      const load = found.get(name);
      if (load !== undefined) return load();
      throw Object.assign(new Error(`Cannot find module '${name}'\nRequire stack:`), {
        code: 'MODULE_NOT_FOUND',
      });
    },
    platform: 'linux',
    arch: 'x64',
    node: '22.12.0',
    glibc: () => '2.36',
  };
}
