import { afterEach, describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../../src/client/signaling/emitter.ts';

afterEach(() => vi.unstubAllGlobals());

describe('a listener that throws', () => {
  it('is reported as uncaught, and stops neither the other listeners nor the caller', () => {
    const reported: unknown[] = [];
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    const emitter = new Emitter<{ word: [word: string] }>();
    const received: string[] = [];
    const fault = new Error('in the application');
    emitter.on('word', () => {
      throw fault;
    });
    emitter.on('word', (word) => received.push(word));
    expect(() => emitter.emit('word', 'on')).not.toThrow();
    expect(received).toEqual(['on']);
    expect(reported).toEqual([fault]);
  });
});

function setUp() {
  const emitter = new Emitter<{ said: [word: string] }>();
  const heard: string[] = [];
  return { emitter, heard, hear: (word: string) => void heard.push(word) };
}

describe('listeners', () => {
  it('hear every event until they are removed', () => {
    const { emitter, heard, hear } = setUp();
    const off = emitter.on('said', hear);
    emitter.emit('said', 'one');
    emitter.emit('said', 'two');
    off();
    emitter.emit('said', 'three');
    expect(heard).toEqual(['one', 'two']);
  });

  it('hear one event with `once`, or none if they are removed before', () => {
    const { emitter, heard, hear } = setUp();
    emitter.once('said', hear);
    emitter.once('said', hear)();
    emitter.emit('said', 'one');
    emitter.emit('said', 'two');
    expect(heard).toEqual(['one']);
  });

  it('go with their signal, which forgets those that were removed', () => {
    const { emitter, heard, hear } = setUp();
    const abort = new AbortController();
    emitter.on('said', hear, { signal: abort.signal });
    emitter.once('said', hear, { signal: abort.signal });
    emitter.emit('said', 'one');
    abort.abort();
    emitter.emit('said', 'two');
    emitter.on('said', hear, { signal: abort.signal });
    emitter.emit('said', 'three');
    expect(heard).toEqual(['one', 'one']);
  });
});
