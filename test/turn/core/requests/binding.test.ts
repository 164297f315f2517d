import { describe, expect, it } from 'vitest';
import { ATTRIBUTE, METHOD } from '../../../../src/turn/codec/attributes.ts';
import { fakeRelay, TestClient } from '../../../support/turn/fake-relay.ts';

describe('Binding', () => {
  it('tells anyone the address that the request came from', () => {
    const client = new TestClient(fakeRelay());
    const answer = client.request(METHOD.binding, undefined, { bare: true });
    expect(answer.result).toBe('success');
    expect(answer.address(ATTRIBUTE.xorMappedAddress)).toBe('198.51.100.7:40000');
  });

  it('answers 420 to unknown comprehension-required attributes', () => {
    const client = new TestClient(fakeRelay());
    const answer = client.request(METHOD.binding, (writer) => writer.uint32(0x0024, 1), { bare: true });
    expect(answer.result).toBe(420);
    expect(answer.attribute(ATTRIBUTE.unknownAttributes)?.toString('hex')).toBe('0024');
  });
});
