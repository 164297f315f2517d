import { describe, expect, it } from 'vitest';
import { copyRequest, readHandshake, selectProtocol } from '../../src/ws/handshake.ts';

/** A request that offers these subprotocols, a list per header line, and has no other header but Host. */
function offering(...lists: string[]): Parameters<typeof copyRequest>[0] {
  return {
    forEach(each) {
      each('host', 'example.org');
      for (const list of lists) each('sec-websocket-protocol', list);
    },
    getQuery: () => '',
    getParameter: () => '',
  };
}

describe('offered subprotocols', () => {
  it.each([
    ['parley.v1, token.a.b.c', 'parley.v1', 'a.b.c', undefined],
    ['parley.v1,token.abc,resume.xyz.7', 'parley.v1', 'abc', { token: 'xyz', lastSeq: 7 }],
    ['\t resume.xyz.7 ,  token.abc\t, parley.v1 ', 'parley.v1', 'abc', { token: 'xyz', lastSeq: 7 }],
    ['resume.1.0.xyz.7, token.abc', '', 'abc', { token: '1.0.xyz', lastSeq: 7 }],
    ['resume.1.0.xyz.7.5, token.abc', '', 'abc', { token: '1.0.xyz', lastSeq: Number.NaN }],
    ['resume.1.0.xyz, token.abc', '', 'abc', { token: '1.0.xyz', lastSeq: Number.NaN }],
    ['resume.xyz.7.5, token.abc', '', 'abc', { token: 'xyz', lastSeq: Number.NaN }],
    ['resume.xyz, token.abc', '', 'abc', { token: 'xyz', lastSeq: Number.NaN }],
    // Only the first token and the first resume token count.
    ['token.a, token.b, resume.c.1, resume.d.2', '', 'a', { token: 'c', lastSeq: 1 }],
    // A protocol must match as a whole.
    ['parley.v10, xparley.v1, token.a', '', 'a', undefined],
    ['parley.v1 x', '', undefined, undefined],
    [',, ,parley.v1,,', 'parley.v1', undefined, undefined],
    ['xtoken.a, Token.b, token', '', undefined, undefined],
    ['token.', '', '', undefined],
    ['', '', undefined, undefined],
  ])('%j', (list, selected, token, resume) => {
    const request = copyRequest(offering(list));
    expect(selectProtocol(request)).toBe(selected);
    expect(readHandshake(request)).toEqual({ token, resume, roomId: undefined });
  });

  it.each([
    [['parley.v1', 'token.a.b.c'], 'parley.v1', 'a.b.c', undefined],
    [['token.abc', 'resume.xyz.7', 'parley.v1'], 'parley.v1', 'abc', { token: 'xyz', lastSeq: 7 }],
    [['other, token.abc', ' parley.v1 ,resume.xyz.7'], 'parley.v1', 'abc', { token: 'xyz', lastSeq: 7 }],
    [['', 'parley.v1', ''], 'parley.v1', undefined, undefined],
    [['token.a', 'token.b'], '', 'a', undefined],
    [['parley.', 'v1'], '', undefined, undefined],
  ])('[WS1] in several header lines are one list: %j', (lists, selected, token, resume) => {
    const request = copyRequest(offering(...lists));
    expect(selectProtocol(request)).toBe(selected);
    expect(readHandshake(request)).toEqual({ token, resume, roomId: undefined });
  });
});
