import { afterEach, describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../../src/client/signaling/emitter.ts';

afterEach(() => vi.unstubAllGlobals());

describe('a listener that throws', () => {
  it('is reported as uncaught, and keeps neither the others nor the caller from going on', () => {
    const reported: unknown[] = [];
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    const emitter = new Emitter<{ word: [word: string] }>();
    const heard: string[] = [];
    const fault = new Error('in the application');
    emitter.on('word', () => {
      throw fault;
    });
    emitter.on('word', (word) => heard.push(word));
    expect(() => emitter.emit('word', 'on')).not.toThrow();
    expect(heard).toEqual(['on']);
    expect(reported).toEqual([fault]);
  });
});
