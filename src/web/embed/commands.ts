import { useEffect } from 'preact/hooks';
import type { Command } from '../../embed/messages.ts';
import type { CallModel } from '../call/call-model.ts';
import type { ViewSettings } from '../call/view-settings.ts';
import type { DeviceManager } from '../media/device-manager.ts';
import { usePage } from '../page-context.ts';
import type { HostChannel } from './host-channel.ts';

/** Obeys the site that shows the page, in a call. */
export function useCommands(call: CallModel, view: ViewSettings): void {
  const { host } = usePage();
  useEffect(() => host?.onCommand((command) => obey(command, call, view)), [host, call, view]);
}

/** Obeys the site before a call and after it: only microphone and camera can be set then. */
export function obeyOutside(host: HostChannel, devices: DeviceManager, isInCall: () => boolean): () => void {
  return host.onCommand((command) => {
    if (isInCall()) return;
    if (command.type === 'mute') void devices.setMicrophone(!command.on);
    if (command.type === 'camera') void devices.setCamera(command.on);
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
