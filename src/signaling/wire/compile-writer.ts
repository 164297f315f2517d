import type * as v from 'valibot';
import { escapeForJson } from '../../lib/json-string.ts';

/** Writes a value as JSON text. */
export type Writer<Value> = (value: Value) => string;

/** The parts of a valibot schema that describe its values. */
interface Shape {
  readonly type: string;
  /** Of a pipe: its schemas and actions. */
  readonly pipe?: readonly (Shape & { readonly kind: string })[];
  /** Fields, if it is an object. */
  readonly entries?: Readonly<Record<string, Shape>>;
  /** The wrapped schema, if it is optional or nullable. */
  readonly wrapped?: Shape;
  /** Schema of the elements, if it is an array. */
  readonly item?: Shape;
  /** The allowed values, if it is a picklist. */
  readonly options?: readonly unknown[];
  /** The one value, if it is a literal. */
  readonly literal?: unknown;
}

/**
 * Compiles a function that writes values of a schema, in the order of its fields. Fields that the schema doesn't know
 * are left out. It writes what `JSON.stringify` would in half of the time: the shape is known, and most strings need no
 * escapes. Schemas that it has no quick way for go through `JSON.stringify`.
 * @param schema a constant of the program: code is made from the names in it, never from values
 */
export function compileWriter<Schema extends v.GenericSchema>(schema: Schema): Writer<v.InferOutput<Schema>> {
  const code = `'use strict'; return (value) => \`${write(schema, 'value')}\`;`;
  return new Function('escape', 'number', 'list', 'words', 'json', code)(
    escapeForJson,
    numberText,
    listText,
    wordsText,
    jsonText,
  );
}

/**
 * Returns the inside of a template literal that writes `value`, which is code as well, behind `before`, which is source of text.
 * Each piece that has to be joined costs an object, so text that is the same for all values is one piece, and a value of few
 * kinds (`true`, `false`, `null`) makes one piece with the text before it.
 */
function write(schema: Shape, value: string, before = ''): string {
  const { type, pipe, entries, wrapped, item, literal } = schema;
  if (pipe !== undefined) {
    // Only a schema at the end of a pipe says what comes out of it.
    const last = pipe.at(-1);
    return last?.kind === 'schema' ? write(last, value, before) : `${before}\${json(${value})}`;
  }
  if (type === 'object' && entries !== undefined) return writeObject(Object.entries(entries), value, before);
  if (type === 'nullable' && wrapped !== undefined) return writeNullable(wrapped, value, before);
  if (type === 'unknown') return writeNullable({ type: 'json' }, value, before);
  if (type === 'array' && item !== undefined) {
    if (isPlainWords(item)) return `${before}\${words(${value})}`;
    return `${before}\${list(${value}, (item) => \`${write(item, 'item')}\`)}`;
  }
  if (isPlainWords(schema)) return `${before}"\${${value}}"`;
  if (type === 'literal') return `${before}${inTemplate(JSON.stringify(literal))}`;
  if (type === 'string') return `${before}"\${escape(${value})}"`;
  if (type === 'number') return `${before}\${number(${value})}`;
  if (type === 'boolean') return `\${${value} ? \`${before}true\` : \`${before}false\`}`;
  return `${before}\${json(${value})}`;
}

function writeNullable(schema: Shape, value: string, before: string): string {
  return `\${${value} === null ? \`${before}null\` : \`${write(schema, value, before)}\`}`;
}

function writeObject(
  entries: readonly (readonly [name: string, schema: Shape])[],
  value: string,
  before: string,
): string {
  const isMissable = ({ type }: Shape): boolean => type.endsWith('optional') || type === 'unknown';
  const startsMissable = entries[0] !== undefined && isMissable(entries[0][1]);
  const members = entries.map(([name, schema], place) => {
    const present = (schema.type.endsWith('optional') && schema.wrapped) || schema;
    const member = `${value}[${JSON.stringify(name)}]`;
    // A comma is part of each member but the first. If that may be missing, so is the first comma.
    const start = place > 0 || startsMissable ? ',' : `${before}{`;
    const text = write(present, member, `${start}${inTemplate(JSON.stringify(name))}:`);
    return isMissable(schema) ? `\${${member} === undefined ? '' : \`${text}\`}` : text;
  });
  const all = members.join('');
  if (startsMissable) return `${before}{\${\`${all}\`.slice(1)}}`;
  return entries.length === 0 ? `${before}{}` : `${all}}`;
}

/** Returns the source of text in a template literal. */
function inTemplate(text: string): string {
  return text.replace(/[\\`$]/g, '\\$&');
}

/** Whether values of the schema are words that need no escapes. */
function isPlainWords({ type, options = [] }: Shape): boolean {
  return (
    type === 'picklist' && options.every((option) => typeof option === 'string' && /^[a-z_]+$/.test(option))
  );
}

function wordsText(words: readonly string[]): string {
  return words.length === 0 ? '[]' : `["${words.join('","')}"]`;
}

function numberText(value: number): string {
  return Number.isFinite(value) ? `${value}` : 'null';
}

function listText<Item>(items: readonly Item[], writeItem: Writer<Item>): string {
  let text = '';
  for (const item of items) text = text === '' ? writeItem(item) : `${text},${writeItem(item)}`;
  return `[${text}]`;
}

function jsonText(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}
