import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type ServerEvent, serverEvents } from '../../../src/protocol/events.ts';
import { SEND_KINDS, ToldSendRights } from '../../../src/protocol/room-fields.ts';
import { compileWriter } from '../../../src/signaling/wire/compile-writer.ts';
import { payloadText } from '../../../src/signaling/wire/payload-text.ts';

interface Shape {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Shape>>;
  readonly wrapped?: Shape;
  readonly item?: Shape;
  readonly value?: Shape;
  readonly options?: readonly (string | Shape)[];
  readonly literal?: unknown;
}

/** Any value of a schema, with an unknown field here and there. */
function anyOf(schema: Shape): fc.Arbitrary<unknown> {
  const { type, entries = {}, wrapped, item, value, options = [], literal } = schema;
  if (type === 'object' || type === 'loose_object') {
    const fields = Object.fromEntries(Object.entries(entries).map(([name, field]) => [name, anyOf(field)]));
    const more = { more: fc.constant('a secret') };
    return fc.record<Record<string, unknown>>({ ...fields, ...more });
  }
  if (type === 'nullable' && wrapped) return fc.option(anyOf(wrapped));
  if (type.endsWith('optional') && wrapped) return fc.option(anyOf(wrapped), { nil: undefined });
  // Of other lists of kinds, the schema leaves out what it doesn't know; the server never writes any.
  if (schema === ToldSendRights) return fc.subarray([...SEND_KINDS]);
  if (type === 'array' && item) return fc.array(anyOf(item), { maxLength: 3 });
  if (type === 'picklist') return fc.constantFrom(...options);
  if (type === 'union') return fc.oneof(...options.map((one) => anyOf(one as Shape)));
  if (type === 'literal') return fc.constant(literal);
  if (type === 'string') return fc.string({ unit: 'binary' });
  if (type === 'boolean') return fc.boolean();
  if (type === 'number') return fc.oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }));
  if (type === 'record' && value) return fc.dictionary(fc.stringMatching(/^[a-m]{1,9}$/), anyOf(value));
  if (type === 'custom') return fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }));
  if (type === 'unknown') return fc.jsonValue({ maxDepth: 2 });
  throw new Error(`no values of ${type} are made here`);
}

describe('payloadText', () => {
  it.each(Object.keys(serverEvents) as ServerEvent[])(
    'writes %s as JSON.stringify writes what the schema knows of it, in the same order',
    (event) => {
      const schema = serverEvents[event];
      fc.assert(
        fc.property(anyOf(schema), (made) => {
          const payload = made as Parameters<typeof payloadText>[1];
          const known = v.parse(schema, made);
          expect(payloadText(event, payload)).toBe(known === undefined ? undefined : JSON.stringify(known));
        }),
      );
    },
  );
});

describe('compileWriter', () => {
  it('leaves out what the schema does not know, such as what nobody else may see', () => {
    const writeUser = compileWriter(v.object({ id: v.string() }));
    const user = { id: 'ann', passwordHash: 'secret' };
    expect(writeUser(user)).toBe('{"id":"ann"}');
  });

  it('leaves out fields that are missing, wherever they are', () => {
    const write = compileWriter(
      v.object({ a: v.optional(v.number()), b: v.unknown(), c: v.exactOptional(v.boolean()) }),
    );
    expect(write({ b: 1 })).toBe('{"b":1}');
    expect(write({ a: 1, b: undefined })).toBe('{"a":1}');
    expect(write({ b: undefined, c: true })).toBe('{"c":true}');
    expect(write({ b: undefined })).toBe('{}');
  });

  it('writes what comes out of a pipe, whether a schema at its end says what that is or not', () => {
    const some = v.transform((words: string[]) => words.filter((word) => word === 'a' || word === 'b'));
    const write = compileWriter(
      v.object({
        known: v.pipe(v.array(v.string()), some, v.array(v.picklist(['a', 'b']))),
        unknown: v.pipe(
          v.string(),
          v.transform((text) => [text]),
        ),
      }),
    );
    expect(write({ known: ['a', 'b'], unknown: ['"'] })).toBe('{"known":["a","b"],"unknown":["\\""]}');
    expect(write({ known: [], unknown: [] })).toBe('{"known":[],"unknown":[]}');
  });

  it('writes names and words that need escapes', () => {
    const write = compileWriter(v.object({ 'a"b': v.picklist(['c\\d', 'e']), __proto__x: v.literal('"') }));
    const value = { 'a"b': 'c\\d' as const, __proto__x: '"' as const };
    expect(write(value)).toBe(JSON.stringify(value));
  });

  it('takes no name or word for code', () => {
    const code = `\`$\{value}\\` as const;
    const write = compileWriter(v.object({ [code]: v.literal(code), b: v.picklist([code]), c: v.string() }));
    const value = { [code]: code, b: code, c: code } as const;
    expect(write(value)).toBe(JSON.stringify(value));
  });
});
