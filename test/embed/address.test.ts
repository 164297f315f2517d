import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowFor, frameAddress } from '../../src/embed/address.ts';

const ROOM = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
/** Half surrogate pairs too. */
const TEXT = fc.string({
  unit: fc.constantFrom('.', '/', '\\', '#', '?', '%', '2', 'e', 'a', '\ud800', 'ß', ' '),
});
const OWN = 'https://call.example.org';

function addressOf(attributes: Record<string, string>, own: string | undefined = OWN) {
  return frameAddress((name) => attributes[name] ?? null, own)?.href ?? null;
}

describe('frameAddress', () => {
  it('leads to the room, on the server that the script came from or on another', () => {
    expect(addressOf({ room: ROOM })).toBe(`${OWN}/connect/${ROOM}?embed=1`);
    expect(addressOf({ room: ROOM, url: 'https://other.example' })).toBe(
      `https://other.example/connect/${ROOM}?embed=1`,
    );
    expect(addressOf({})).toBe(`${OWN}/?embed=1`);
    expect(addressOf({ room: '' })).toBe(`${OWN}/?embed=1`);
  });

  it('takes the link of a call, with its invitation and without what leads elsewhere', () => {
    expect(addressOf({ url: `${OWN}/connect/${ROOM}?invite=abc#code=1` })).toBe(
      `${OWN}/connect/${ROOM}?invite=abc&embed=1`,
    );
    expect(addressOf({ url: `${OWN}/account` })).toBe(`${OWN}/?embed=1`);
  });

  it('gives the parameters on, but never the token', () => {
    const address = new URL(
      addressOf({
        room: ROOM,
        name: 'Ada & Ben',
        audio: 'off',
        hide: 'chat,share',
        skiplobby: '',
        token: 'secret',
      }) ?? '',
    );
    expect(Object.fromEntries(address.searchParams)).toEqual({
      name: 'Ada & Ben',
      audio: 'off',
      hide: 'chat,share',
      skipLobby: '',
      embed: '1',
    });
    expect(address.href).not.toContain('secret');
  });

  it('is null for what is no http or https address', () => {
    for (const url of [
      '',
      'call',
      '//',
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc',
      'blob:https://a/b',
    ])
      expect(addressOf({ url }), url).toBe(null);
    expect(frameAddress(() => null, undefined)).toBe(null);
  });

  it('leads to no room for what can be no id in a path', () => {
    for (const room of ['.', '..', '\ud800'])
      expect(addressOf({ room }), room).toBe(`${OWN}/connect/-?embed=1`);
  });

  it('never leaves the server that `url` names, whatever the other attributes are', () => {
    fc.assert(
      fc.property(TEXT, TEXT, TEXT, (room, name, layout) => {
        const address = new URL(addressOf({ room, name, layout }) ?? '');
        expect(address.origin).toBe(OWN);
        expect(address.pathname).toMatch(/^\/(connect\/[^/]+)?$/);
        expect(address.hash).toBe('');
      }),
    );
  });
});

describe('allowFor', () => {
  it('writes the origin out beside each word', () => {
    expect(allowFor(OWN)).toMatch(
      /^camera https:\/\/call\.example\.org; microphone https:\/\/call\.example\.org; /,
    );
  });
});
