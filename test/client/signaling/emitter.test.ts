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
