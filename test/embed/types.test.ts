import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallEvent } from '../../src/embed/messages.ts';
import type { ParleyCallDetails } from '../../src/embed/types.ts';
import { complaintsOf } from '../support/compile.ts';
import { ROOT } from '../support/documents.ts';

/** As a developer of a site would write it, with only the file that the server serves. */
const SITE = `
import type { CallLayout, ParleyCallElement } from './embed.js';

const call = document.querySelector('parley-call');
call?.addEventListener('joined', ({ detail }) => console.log(detail.roomId.length, detail.peerId));
call?.addEventListener('left', ({ detail }) => console.log(detail.reason === 'kicked'));
call?.addEventListener('peerjoined', ({ detail }) => call.pin(detail.peerId));
call?.addEventListener('media', ({ detail }) => console.log(detail.audio && !detail.screen));
call?.addEventListener('knock', ({ detail }) => console.log(detail.knockId, detail.name));
call?.addEventListener('click', (event) => console.log(event.clientX));
call?.addEventListener('error', function ({ detail }) { console.log(detail.code, this.token); });

export function show(made: ParleyCallElement, layout: CallLayout): void {
  made.token = null;
  made.mute();
  made.camera(false);
  made.share(true);
  made.layout(layout);
  made.layout = 'grid';
  made.pin(null);
  made.leave();
  document.body.append(made);
}
show(document.createElement('parley-call'), 'speaker');
`;

const JSX = `
export const call = <parley-call url="https://call.example.org" room="3f2b" audio="off" layout="grid" skiplobby class="call" />;
`;

const MISTAKES = `
const call = document.createElement('parley-call');
call.addEventListener('left', ({ detail }) => detail.reason === 'bored');
call.addEventListener('joined', ({ detail }) => detail.name);
call.layout('circle');
call.mute('yes');
`;

/** Fields of each message to the site, as its schema has them. */
type Sent = { readonly [Event in CallEvent as Event['type']]: Omit<Event, 'type'> };
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

describe('dist/embed.d.ts', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-site-'));
    await copyFile(join(ROOT, 'dist/embed.d.ts'), join(folder, 'embed.d.ts'));
    await writeFile(join(folder, 'site.ts'), SITE);
    await writeFile(join(folder, 'site.tsx'), JSX);
    await writeFile(join(folder, 'mistakes.ts'), MISTAKES);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is one file without imports', async () => {
    const text = await readFile(join(folder, 'embed.d.ts'), 'utf8');
    const { importedFiles, referencedFiles } = ts.preProcessFile(text);
    expect([...importedFiles, ...referencedFiles]).toEqual([]);
  });

  it.each(['site.ts', 'site.tsx'])(
    'lets the code of a site compile, strictly and in a folder without packages: %s',
    (file) => {
      expect(complaints(file)).toEqual([]);
    },
  );

  it('catches mistakes', () => {
    expect(complaints('mistakes.ts')).toEqual([
      expect.stringContaining('no overlap'),
      expect.stringContaining("'name' does not exist"),
      expect.stringContaining('"circle"'),
      expect.stringContaining('"yes"'),
    ]);
  });

  it('names the fields that the messages have', () => {
    const same: Same<Sent, { readonly [Type in keyof ParleyCallDetails]: ParleyCallDetails[Type] }> = true;
    expect(same).toBe(true);
  });

  const complaints = (file: string): string[] =>
    complaintsOf([join(folder, file), join(folder, 'embed.d.ts')], { jsx: ts.JsxEmit.Preserve });
});
