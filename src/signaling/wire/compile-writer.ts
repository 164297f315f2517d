import type * as v from 'valibot';
import { escapeForJson } from '../../lib/json-string.ts';

/** Writes a value as JSON text. */
export type Writer<Value> = (value: Value) => string;

/** The parts of a valibot schema that describe its values. */
interface Shape {
  readonly type: string;
  readonly pipe?: unknown;
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
  return new Function('escape', 'number', 'list', 'json', code)(
    escapeForJson,
    numberText,
    listText,
    jsonText,
  );
}

/**
 * Returns the inside of a template literal that writes `value`, which is code as well. What is the same for all values is
 * one piece of text in it: each piece that has to be joined costs an object.
 */
function write(schema: Shape, value: string): string {
  const { type, pipe, entries, wrapped, item, options, literal } = schema;
  if (pipe !== undefined) return `\${json(${value})}`;
  if (type === 'object' && entries !== undefined) return writeObject(Object.entries(entries), value);
  if (type === 'nullable' && wrapped !== undefined)
    return `\${${value} === null ? 'null' : \`${write(wrapped, value)}\`}`;
  if (type === 'array' && item !== undefined)
    return `\${list(${value}, (item) => \`${write(item, 'item')}\`)}`;
  if (type === 'picklist' && options?.every(isPlainWord)) return `"\${${value}}"`;
  if (type === 'literal') return inTemplate(JSON.stringify(literal));
  if (type === 'string') return `"\${escape(${value})}"`;
  if (type === 'number') return `\${number(${value})}`;
  if (type === 'boolean') return `\${${value} ? 'true' : 'false'}`;
  return `\${json(${value})}`;
}

function writeObject(entries: readonly (readonly [name: string, schema: Shape])[], value: string): string {
  const members = entries.map(([name, schema], place) => {
    const isOptional = schema.type.endsWith('optional');
    const present = isOptional && schema.wrapped ? schema.wrapped : schema;
    const member = `${value}[${JSON.stringify(name)}]`;
    const mayBeMissing = isOptional || schema.type === 'unknown';
    // The comma is part of each member but the first. If that may be missing, so is the first comma.
    const comma = place === 0 && !mayBeMissing ? '' : ',';
    const text = `${comma}${inTemplate(JSON.stringify(name))}:${write(present, member)}`;
    return { mayBeMissing, text: mayBeMissing ? `\${${member} === undefined ? '' : \`${text}\`}` : text };
  });
  const all = members.map(({ text }) => text).join('');
  return members[0]?.mayBeMissing ? `{\${\`${all}\`.slice(1)}}` : `{${all}}`;
}

/** Returns the source of text in a template literal. */
function inTemplate(text: string): string {
  return text.replace(/[\\`$]/g, '\\$&');
}

function isPlainWord(option: unknown): boolean {
  return typeof option === 'string' && /^[a-z_]+$/.test(option);
}

function numberText(value: number): string {
  return Number.isFinite(value) ? `${value}` : 'null';
}

function listText<Item>(items: readonly Item[], writeItem: Writer<Item>): string {
  return items.length === 0 ? '[]' : `[${items.map((item) => writeItem(item)).join(',')}]`;
}

function jsonText(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}
