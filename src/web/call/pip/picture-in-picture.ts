import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Messages } from '../../i18n/messages.ts';
import { attempt } from '../../optional-features.ts';
import type { CallModel } from '../call-model.ts';
import type { ViewSettings } from '../view-settings.ts';
import { documentPip, openPipWindow } from './pip-window.tsx';

/** The call in a small window that stays above all others. */
export interface PictureInPicture {
  readonly isOpen: ReadonlySignal<boolean>;
  toggle(): void;
}

/**
 * Returns null if the browser has neither a window for the whole call (Document Picture-in-Picture) nor one for a video.
 */
export function usePictureInPicture(
  call: CallModel,
  view: ViewSettings,
  t: Messages,
): PictureInPicture | null {
  const isOpen = useSignal(false);
  useEffect(() => {
    const onVideo = () => {
      isOpen.value = document.pictureInPictureElement !== null;
    };
    if (documentPip() !== null || !hasVideoPip()) return;
    document.addEventListener('enterpictureinpicture', onVideo, true);
    document.addEventListener('leavepictureinpicture', onVideo, true);
    return () => {
      document.removeEventListener('enterpictureinpicture', onVideo, true);
      document.removeEventListener('leavepictureinpicture', onVideo, true);
    };
  }, []);
  useEffect(() => () => attempt(closeAny), []);
  return useMemo(() => {
    if (documentPip() === null && !hasVideoPip()) return null;
    const open = async () => {
      if (documentPip() === null) return largestVideo()?.requestPictureInPicture();
      isOpen.value = await openPipWindow({
        call,
        view,
        messages: t,
        onClosed: () => {
          isOpen.value = false;
        },
      });
    };
    return {
      isOpen,
      toggle: () => attempt(isOpen.peek() ? closeAny : open, () => call.notify('pipFailed')),
    };
  }, [call, view, t]);
}

function hasVideoPip(): boolean {
  return document.pictureInPictureEnabled === true;
}

function closeAny(): unknown {
  documentPip()?.window?.close();
  return document.pictureInPictureElement ? document.exitPictureInPicture() : undefined;
}

/** The video of the largest tile: a screen, the pinned person, the speaker. One's own only if there is no other. */
function largestVideo(): HTMLVideoElement | undefined {
  const videos = [...document.querySelectorAll<HTMLVideoElement>('.tile video')];
  const size = (video: HTMLVideoElement) =>
    video.clientWidth * video.clientHeight * (video.closest('[data-self="true"]') === null ? 1 : 1e-6);
  return videos.sort((a, b) => size(b) - size(a))[0];
}
