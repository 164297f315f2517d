import { describe, expect, it } from 'vitest';
import { ATTRIBUTE, CLASS, METHOD } from '../../../../src/turn/codec/attributes.ts';
import { hasIntegrity } from '../../../../src/turn/codec/message.ts';
import { MessageWriter } from '../../../../src/turn/codec/message-writer.ts';
import { Answer } from '../../../support/turn/answer.ts';
import { fakeRelay, relayWithAllocation, TestClient, writePeer } from '../../../support/turn/fake-relay.ts';

const PEER = '192.0.2.9:5000';

describe('every request gets an answer, an indication never does', () => {
  it.each([0x002, 0x009, 0x00a, 0x00b, 0x123, 0xfff])('method 0x%s', (method) => {
    const { client } = relayWithAllocation();
    expect(client.request(method, undefined, { bare: true }).result).toBeTypeOf('number');
    for (const messageClass of [CLASS.indication, CLASS.success, CLASS.error]) {
      const message = new MessageWriter(method, messageClass, Buffer.alloc(12)).finish(undefined, true);
      expect(client.raw(message)).toEqual([]);
    }
  });

  it('with malformed attributes: 400', () => {
    const client = new TestClient(fakeRelay());
    const bytes = Buffer.from('000100042112a4420102030405060708090a0b0c0006ffff', 'hex');
    expect(client.raw(bytes).map((answer) => new Answer(answer).result)).toEqual([400]);
  });

  it('signs every success and every error after authentication, with a FINGERPRINT when asked with one', () => {
    const { client } = relayWithAllocation();
    for (const fingerprint of [false, true]) {
      const options = { fingerprint };
      const answers = [
        client.request(METHOD.createPermission, (writer) => writePeer(writer, PEER), options),
        client.request(METHOD.createPermission, undefined, options),
        client.request(METHOD.channelBind, undefined, options),
        client.request(
          METHOD.channelBind,
          (writer) => writePeer(writer.uint32(ATTRIBUTE.channelNumber, 0x4000_0000), PEER),
          options,
        ),
        client.request(METHOD.refresh, undefined, options),
        client.allocate(undefined, options),
      ];
      expect(answers.map(({ result }) => result)).toEqual(['success', 400, 400, 'success', 'success', 437]);
      expect(answers.every(({ message }) => hasIntegrity(message, client.key))).toBe(true);
      expect(answers.every(({ message }) => message.fingerprint === fingerprint)).toBe(true);
    }
  });
});
