import { describe, expect, it } from 'vitest';
import { choicesOf, constraintsFor, troubleOf } from '../../../src/web/media/devices.ts';

describe('devices', () => {
  it('are sorted by kind, without those that have no id', () => {
    expect(
      choicesOf([
        { deviceId: 'c', kind: 'videoinput', label: 'Front' },
        { deviceId: 'm', kind: 'audioinput', label: 'Headset' },
        { deviceId: '', kind: 'audioinput', label: '' },
        { deviceId: 's', kind: 'audiooutput', label: 'Speakers' },
      ]),
    ).toEqual({
      camera: [{ id: 'c', label: 'Front' }],
      microphone: [{ id: 'm', label: 'Headset' }],
      speaker: [{ id: 's', label: 'Speakers' }],
    });
  });

  it.each([
    ['NotAllowedError', 'denied'],
    ['SecurityError', 'denied'],
    ['NotFoundError', 'missing'],
    ['OverconstrainedError', 'unsuitable'],
    ['NotReadableError', 'busy'],
    ['AbortError', 'busy'],
    ['TypeError', 'failed'],
  ])('%s means that a device is %s', (name, trouble) => {
    expect(troubleOf(new DOMException('', name))).toBe(trouble);
  });

  it('are requested by id, with a fallback if the device is gone', () => {
    expect(constraintsFor('camera', 'c')).toMatchObject({ deviceId: { ideal: 'c' } });
    expect(constraintsFor('microphone', '')).not.toHaveProperty('deviceId');
  });
});
