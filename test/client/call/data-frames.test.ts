import { describe, expect, it } from 'vitest';
import { DATA_BYTES, readData, TOPIC_CHARACTERS, writeData } from '../../../src/client/call/data-frames.ts';

/** Data with which a message of the topic `t` has so many bytes. */
const filling = (bytes: number): string => 'x'.repeat(bytes - '{"topic":"t","data":""}'.length);

describe('a message between peers', () => {
  it.each([[{ x: 1, list: [null, 'é'] }], [null], [undefined], ['text'], [0]])(
    'arrives as it was: %j',
    (data) => {
      expect(readData(writeData('pointer', data))).toEqual({ topic: 'pointer', data });
    },
  );

  it('has at most DATA_BYTES, counted in UTF-8', () => {
    expect(readData(writeData('t', filling(DATA_BYTES)))?.data).toHaveLength(filling(DATA_BYTES).length);
    expect(() => writeData('t', filling(DATA_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'too_large' }),
    );
    expect(() => writeData('t', 'é'.repeat(DATA_BYTES / 2))).toThrow(
      expect.objectContaining({ code: 'too_large' }),
    );
  });

  it('has a topic of 1 to TOPIC_CHARACTERS characters', () => {
    expect(readData(writeData('t'.repeat(TOPIC_CHARACTERS), 1))).toBeDefined();
    for (const topic of ['', 't'.repeat(TOPIC_CHARACTERS + 1)]) {
      expect(() => writeData(topic, 1)).toThrow(expect.objectContaining({ code: 'invalid_message' }));
    }
  });

  it('is refused if it is no JSON', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(() => writeData('t', circle)).toThrow(TypeError);
    expect(() => writeData('t', 1n)).toThrow(TypeError);
  });

  it.each([
    ['binary', new ArrayBuffer(8)],
    ['no JSON', 'hello'],
    ['no object', '[]'],
    ['null', 'null'],
    ['no topic', '{"data":1}'],
    ['a topic that is no text', '{"topic":1}'],
    ['an empty topic', '{"topic":""}'],
    ['a longer topic', JSON.stringify({ topic: 't'.repeat(TOPIC_CHARACTERS + 1) })],
    ['a longer message', JSON.stringify({ topic: 't', data: filling(DATA_BYTES + 1) })],
    ['deep nesting that is never closed', `{"topic":"t","data":${'['.repeat(DATA_BYTES - 50)}`],
  ])('is dropped on arrival if it is %s', (_, frame) => {
    expect(readData(frame)).toBeUndefined();
  });

  it('can name what every object has, and changes no prototype', () => {
    const read = readData('{"topic":"__proto__","data":{"__proto__":{"admin":true}},"from":"somebody"}');
    expect(Object.keys(read ?? {})).toEqual(['topic', 'data']);
    expect('admin' in {}).toBe(false);
  });
});
