import { mount, unmount } from 'svelte';
import VideoCall from './VideoCall.svelte';

const query = new URLSearchParams(location.search);
const target = document.body.appendChild(document.createElement('main'));
const props = {
  url: query.get('call') ?? '',
  name: query.get('name') ?? 'Guest',
  onleave: () => {
    void unmount(call);
    target.textContent = 'You have left.';
  },
};
const call = mount(VideoCall, { target, props });
