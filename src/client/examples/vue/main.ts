import { createApp, h, ref } from 'vue';
import VideoCall from './VideoCall.vue';

const query = new URLSearchParams(location.search);
const open = ref(true);
const onLeave = () => {
  open.value = false;
};
const props = { url: query.get('call') ?? '', name: query.get('name') ?? 'Guest', onLeave };

createApp(() => (open.value ? h(VideoCall, props) : h('p', 'You have left.'))).mount(
  document.body.appendChild(document.createElement('main')),
);
