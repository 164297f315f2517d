import { ATTRIBUTE, METHOD } from '../../../src/turn/codec/attributes.ts';
import type { StreamReceiver } from '../../../src/turn/core/relay-io.ts';
import { Answer } from './answer.ts';
import { FakeConnection } from './fake-io.ts';
import { type FakeRelay, TestClient, UDP, writePeer } from './fake-relay.ts';

const PEER = '192.0.2.9:5000';

/** A client on a TCP connection, whose messages a `TestClient` encodes. */
export class StreamTestClient {
  readonly connection = new FakeConnection();
  readonly receiver: StreamReceiver;
  readonly codec: TestClient;
  readonly #relay: FakeRelay;

  constructor(relay: FakeRelay, { address = '198.51.100.7', port = 50_000, peerId = 'alice' } = {}) {
    this.#relay = relay;
    this.receiver = relay.engine.addConnection(this.connection, { address, port });
    this.codec = new TestClient(relay, { address, peerId });
  }

  request(method: number, fill?: Parameters<TestClient['encode']>[1]): Answer {
    this.receiver.data(this.codec.encode(method, fill));
    this.#relay.io.settle();
    const [answer] = this.connection.take();
    if (answer === undefined) throw new Error('no answer');
    return new Answer(answer);
  }

  allocate(fill: Parameters<TestClient['allocate']>[0] = (writer) => writer): Answer {
    return this.request(METHOD.allocate, (writer) => fill(writer.uint32(ATTRIBUTE.requestedTransport, UDP)));
  }

  permit(peer: string): Answer {
    return this.request(METHOD.createPermission, (writer) => writePeer(writer, peer));
  }

  bind(number: number, peer = PEER): Answer {
    return this.request(METHOD.channelBind, (writer) =>
      writePeer(writer.uint32(ATTRIBUTE.channelNumber, number * 65_536), peer),
    );
  }
}
