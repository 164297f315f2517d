import { describe, expect, it } from 'vitest';
import { controlTypeOf, readControl } from '../../../../src/client/call/control/control-messages.ts';

const picture = (height: unknown, more: object = {}) => ({ height, ...more });
const shown = (camera: unknown, screen: unknown = picture(0)) => ({ v: 1, type: 'shown', camera, screen });

describe('a control message', () => {
  it.each([
    [shown(picture(360)), shown(picture(360, { first: false }), picture(0, { first: false }))],
    [
      shown(picture(8_640, { first: true })),
      shown(picture(8_640, { first: true }), picture(0, { first: false })),
    ],
    [
      { v: 1, type: 'held', camera: true, screen: false, later: 'more' },
      { v: 1, type: 'held', camera: true, screen: false },
    ],
  ])('is read: %j', (sent, read) => {
    expect(readControl(JSON.stringify(sent))).toEqual(read);
  });

  it.each([
    ['another version', { ...shown(picture(360)), v: 2 }],
    ['no version', { type: 'held', camera: true, screen: false }],
    ['an unknown type', { v: 1, type: 'later' }],
    ['a negative height', shown(picture(-1))],
    ['a height above the bound', shown(picture(8_641))],
    ['a height that is no integer', shown(picture(1.5))],
    ['a height that is no number', shown(picture('360'))],
    ['no screen', { v: 1, type: 'shown', camera: picture(360) }],
    ['a word that is not a yes or no', { v: 1, type: 'held', camera: 1, screen: false }],
    ['a list', []],
    ['nothing', null],
  ])('is ignored with %s', (_, sent) => {
    expect(readControl(JSON.stringify(sent))).toBeUndefined();
  });

  it('is ignored if it is no JSON', () => {
    expect(readControl('{"v":1,"type":"held"')).toBeUndefined();
    expect(readControl('')).toBeUndefined();
  });

  it('tells its type without being parsed', () => {
    expect(controlTypeOf(JSON.stringify(shown(picture(1))))).toBe('shown');
    expect(controlTypeOf('{ "type" : "held" }')).toBe('held');
    expect(controlTypeOf('{"type":"later"}')).toBeUndefined();
  });
});
