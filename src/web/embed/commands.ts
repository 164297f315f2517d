import type { ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Command } from '../../embed/messages.ts';
import type { CallModel } from '../call/call-model.ts';
import type { ViewSettings } from '../call/view-settings.ts';
import type { DeviceManager } from '../media/device-manager.ts';
import { usePage } from '../page-context.ts';
import type { Prefs } from '../prefs.ts';
import type { RoomModel } from '../room-model-types.ts';
import type { HostChannel } from './host-channel.ts';

/** Obeys the site that shows the page, in a call. */
export function useCommands(call: CallModel, view: ViewSettings): void {
  const { host } = usePage();
  useEffect(() => host?.onCommand((command) => obey(command, call, view)), [host, call, view]);
}

/** Obeys the site before a call and after it. A screen can't be shared then, and nobody is there to be pinned. */
export function obeyOutside(
  host: Pick<HostChannel, 'onCommand'>,
  {
    phase,
    devices,
  }: Pick<RoomModel, 'phase'> & { readonly devices: Pick<DeviceManager, 'setMicrophone' | 'setCamera'> },
  prefs: Pick<Prefs, 'set'>,
): () => void {
  return host.onCommand((command) => {
    const now = phase.peek();
    if (now.at === 'call') return;
    if (command.type === 'mute') void devices.setMicrophone(!command.on);
    if (command.type === 'camera') void devices.setCamera(command.on);
    if (command.type === 'layout') prefs.set('layout', command.layout === 'grid' ? '' : command.layout);
    if (command.type === 'leave' && now.at === 'waiting') now.wait.leave();
  });
}

/** Looks the call up again when the site gives another token, if the last one was refused. Returns a function that ends it. */
export function tryAgainWith(
  token: ReadonlySignal<string | null>,
  { phase, load }: Pick<RoomModel, 'phase' | 'load'>,
): () => void {
  return token.subscribe(() => {
    if (phase.peek().at === 'failed') void load();
  });
}

/** A command says how things are to be, so that a repeated one changes nothing. */
export function obey(
  command: Command,
  call: Pick<
    CallModel,
    'devices' | 'self' | 'others' | 'toggleMicrophone' | 'toggleCamera' | 'toggleShare' | 'leave'
  >,
  view: Pick<ViewSettings, 'layout' | 'pinned' | 'setLayout' | 'togglePin'>,
): void {
  switch (command.type) {
    case 'mute':
      if (call.devices.microphone.peek().on === command.on) call.toggleMicrophone();
      return;
    case 'camera':
      if (call.devices.camera.peek().on !== command.on) call.toggleCamera();
      return;
    case 'share':
      if ((call.self.peek().screen !== null) !== command.on) void call.toggleShare();
      return;
    case 'layout':
      if (view.layout.peek() !== command.layout) view.setLayout(command.layout);
      return;
    case 'pin': {
      const people = [call.self.peek(), ...call.others.peek()];
      const key = people.find(({ peerId }) => peerId === command.peerId)?.key ?? null;
      const unpinned = command.peerId === null ? view.pinned.peek() : null;
      if (unpinned !== null) view.togglePin(unpinned);
      else if (key !== null && view.pinned.peek() !== key) view.togglePin(key);
      return;
    }
    case 'leave':
      call.leave();
  }
}
