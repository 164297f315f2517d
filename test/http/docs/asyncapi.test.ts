import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { asyncApi } from '../../../src/http/docs/asyncapi.ts';
import { clientEvents, serverEvents } from '../../../src/protocol/events.ts';

const OFFICIAL = JSON.parse(
  readFileSync(
    createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json'),
    'utf8',
  ),
);
const document = JSON.parse(JSON.stringify(asyncApi('1.2.3')));

describe('asyncapi.json', () => {
  it('is valid by the AsyncAPI 3.0 schema', () => {
    const ajv = addFormats.default(new Ajv({ strict: false, validateFormats: true }));
    const validate = ajv.compile(OFFICIAL);
    validate(document);
    expect(validate.errors).toBeNull();
  });

  it('has every event, in the direction in which it goes', () => {
    const named = (action: string) =>
      document.operations[`session.${action}`].messages.map(
        ({ $ref }: { $ref: string }) => document.components.messages[$ref.split('/').at(-1) ?? ''].name,
      );
    expect(named('receive')).toEqual(Object.keys(clientEvents));
    expect(named('send')).toEqual(Object.keys(serverEvents));
  });

  it('points at nothing that is not there', () => {
    const refs = JSON.stringify(document).match(/"\$ref":"#[^"]+"/g) ?? [];
    const missing = refs.filter((ref) => {
      const path = ref.slice('"$ref":"#/'.length, -1).split('/');
      return path.reduce((part, key) => part?.[key], document) === undefined;
    });
    expect(missing).toEqual([]);
  });
});
