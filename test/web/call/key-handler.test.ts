import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCallModel } from '../../../src/web/call/call-model.ts';
import { createKeyHandler, type KeyDown, TAP_MS } from '../../../src/web/call/key-handler.ts';
import { watchModality } from '../../../src/web/call/modality.ts';
import { createDeviceManager } from '../../../src/web/media/device-manager.ts';
import { createPrefs } from '../../../src/web/prefs.ts';
import { fakeCall, fakeCapture, fakeClient, memoryStorage } from '../fakes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Spot = 'mute' | 'camera' | 'text' | 'stage';

/** A call in a window with two buttons, a field and a stage, which handles keys as browsers do. */
async function setUp() {
  const fake = fakeCall();
  const devices = createDeviceManager({
    capture: fakeCapture().capture,
    prefs: createPrefs(memoryStorage()),
  });
  await devices.start();
  const call = createCallModel({
    updateRoom: async () => {},
    client: fakeClient().client,
    call: fake.call,
    devices,
    prefs: createPrefs(memoryStorage()),
    selfName: 'Ann',
    captureScreen: undefined,
    onEnded: () => {},
  });
  const target = new EventTarget();
  const modality = watchModality(target);
  const keys = createKeyHandler({
    isEnabled: () => true,
    isMuted: () => !devices.microphone.value.on,
    onAction: (action) => action === 'mute' && call.toggleMicrophone(),
    onTalk: call.holdToTalk,
  });
  let focus: Spot = 'stage';
  let modal = false;
  let at = 0;
  /** The button that Chromium presses on keyup, because the page didn't handle the keydown. */
  let pressed: Spot | null = null;
  const press = (spot: Spot) => {
    if (spot === 'mute') call.toggleMicrophone();
    if (spot === 'camera') call.toggleCamera();
  };
  const isButton = () => focus === 'mute' || focus === 'camera';
  const down = (key: string, code: string, repeat: boolean): boolean => {
    const event: KeyDown = {
      code,
      key,
      modified: false,
      shift: false,
      typing: modal || focus === 'text',
      onControl: isButton() && modality.byKeyboard(),
      onMuteButton: focus === 'mute',
      repeat,
      at,
    };
    return keys.keyDown(event);
  };
  return {
    call,
    fake,
    isOn: () => devices.microphone.value.on,
    cameraIsOn: () => devices.camera.value.on,
    spaceDown(repeat = false) {
      if (!down(' ', 'Space', repeat) && isButton() && !modal) pressed = focus;
    },
    /**
     * @param gecko acts like Firefox, which presses the focused button on keyup even if the page handled the keydown
     */
    spaceUp(gecko = false) {
      const ours = keys.keyUp({ code: 'Space', key: ' ', at });
      const target = pressed ?? (gecko && isButton() && !modal ? focus : null);
      pressed = null;
      if (!ours && target !== null && target === focus && !modal) press(target);
    },
    letter: (key: string) => void down(key, `Key${key.toUpperCase()}`, false),
    click(spot: Spot) {
      target.dispatchEvent(new Event('pointerdown'));
      keys.onPointer();
      focus = spot;
      pressed = null;
      press(spot);
    },
    tabTo(spot: Spot) {
      target.dispatchEvent(Object.assign(new Event('keydown'), { key: 'Tab' }));
      focus = spot;
      pressed = null;
    },
    releaseAll: () => keys.releaseAll(),
    dialog(open: boolean) {
      modal = open;
      if (open) keys.releaseAll();
    },
    wait(ms: number) {
      at += ms;
    },
  };
}

describe('the space bar', () => {
  it('is push-to-talk after a click on the mute button, and mutes on release', async () => {
    const page = await setUp();
    page.click('mute');
    expect(page.isOn()).toBe(false);
    page.spaceDown();
    expect(page.isOn()).toBe(true);
    page.spaceDown(true);
    page.wait(2_000);
    expect(page.isOn()).toBe(true);
    page.spaceUp();
    expect(page.isOn()).toBe(false);
  });

  it('is no tap on the mute button if the mouse was used meanwhile', async () => {
    const page = await setUp();
    page.click('mute');
    page.tabTo('mute');
    page.spaceDown();
    page.wait(50);
    for (let i = 0; i < 2; i++) page.click('mute');
    page.wait(50);
    page.spaceUp();
    expect(page.isOn()).toBe(false);
  });

  it.each(['mute', 'camera'] as const)(
    'doesn’t press a button that was clicked before (%s)',
    async (spot) => {
      const page = await setUp();
      page.click('mute');
      if (spot === 'camera') page.click('camera');
      const camera = page.cameraIsOn();
      page.spaceDown();
      page.wait(50);
      page.spaceUp(true);
      expect([page.isOn(), page.cameraIsOn()]).toEqual([false, camera]);
    },
  );

  it('presses the button focused by Tab', async () => {
    const page = await setUp();
    page.tabTo('camera');
    page.spaceDown();
    page.spaceUp();
    expect([page.isOn(), page.cameraIsOn()]).toEqual([true, false]);
    page.tabTo('mute');
    page.spaceDown();
    page.spaceUp();
    expect(page.isOn()).toBe(false);
  });

  it('on the mute button focused by Tab unmutes by a tap, and is push-to-talk when held', async () => {
    const page = await setUp();
    page.letter('m');
    page.tabTo('mute');
    page.spaceDown();
    page.wait(TAP_MS);
    expect(page.isOn()).toBe(true);
    page.spaceUp();
    expect(page.isOn()).toBe(false);
    page.spaceDown();
    page.wait(TAP_MS - 1);
    page.spaceUp();
    expect(page.isOn()).toBe(true);
  });

  it('ends push-to-talk with the call', async () => {
    const page = await setUp();
    page.letter('m');
    page.spaceDown();
    page.fake.emit('ended', 'kicked', undefined);
    expect(page.isOn()).toBe(false);
  });

  it('ends push-to-talk when Command goes down, because macOS then sends no keyup', async () => {
    const onTalk = vi.fn();
    const keys = createKeyHandler({ isEnabled: () => true, isMuted: () => true, onAction: () => {}, onTalk });
    const press = {
      shift: false,
      typing: false,
      onControl: false,
      repeat: false,
      onMuteButton: false,
      at: 0,
    };
    keys.keyDown({ ...press, code: 'Space', key: ' ', modified: false });
    keys.keyDown({ ...press, code: 'MetaLeft', key: 'Meta', modified: true });
    expect(onTalk.mock.calls).toEqual([[true], [false]]);
  });

  const STEPS = [
    'click mute',
    'click camera',
    'click text',
    'click stage',
    'tab mute',
    'tab camera',
    'tab text',
    'M',
    'down',
    'repeat',
    'up',
    'up gecko',
    'blur',
    'dialog',
    'no dialog',
    'host mutes',
    'wait',
  ] as const;
  /** Events that end every hold. */
  const RELEASES: ReadonlySet<string> = new Set(['up', 'up gecko', 'blur', 'dialog']);
  /** Events that mute or unmute besides the key. */
  const DECIDES: ReadonlySet<string> = new Set(['click mute', 'M', 'host mutes']);

  it('leaves the microphone as it was before, in any order of events', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { maxLength: 40 }), async (steps) => {
        const page = await setUp();
        let focus = 'stage';
        let byTab = true;
        let modal = false;
        /** Whether the microphone was on when push-to-talk began; undefined if it didn't. */
        let before: boolean | null = null;
        /** If the microphone was on before, releasing Space must change nothing. */
        let heardAnyway = false;
        for (const step of steps) {
          const [what, where] = step.split(' ') as [string, Spot | 'gecko' | 'dialog' | 'mutes' | undefined];
          if ((what === 'click' || what === 'tab') && modal) continue;
          const isNative = byTab && (focus === 'camera' || (focus === 'mute' && page.isOn()));
          if (step === 'down' && before === null && focus !== 'text' && !modal && !isNative) {
            before = page.isOn();
            heardAnyway = before;
          }
          if (what === 'click' || what === 'tab') {
            focus = where ?? focus;
            byTab = what === 'tab';
          }
          if (what === 'click') page.click(where as Spot);
          if (what === 'tab') page.tabTo(where as Spot);
          if (step === 'M') page.letter('m');
          if (what === 'down') page.spaceDown();
          if (what === 'repeat' && before !== null) page.spaceDown(true);
          if (step === 'blur') page.releaseAll();
          if (step === 'dialog' || step === 'no dialog') {
            modal = step === 'dialog';
            page.dialog(modal);
          }
          if (step === 'host mutes') page.fake.emit('muterequest', 'audio', undefined);
          // Every hold here is longer than a tap.
          page.wait(TAP_MS);
          if (what === 'up') page.spaceUp(where === 'gecko');
          if (before !== null && heardAnyway && DECIDES.has(step)) before = page.isOn();
          if (!RELEASES.has(step) || before === null) continue;
          expect([steps.join(', '), page.isOn()]).toEqual([steps.join(', '), before]);
          before = null;
        }
      }),
      { numRuns: 300 },
    );
  });
});
