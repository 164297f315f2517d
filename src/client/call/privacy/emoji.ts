/** What a code is shown as: each is told from the others by its name, on the phone and in a small picture. */
const NAMED =
  '🐶 dog,🐱 cat,🐭 mouse,🐰 rabbit,🦊 fox,🐻 bear,🐼 panda,🦁 lion,🐮 cow,🐷 pig,🐸 frog,🐵 monkey,🐔 chicken,🐧 penguin,' +
  '🦉 owl,🐴 horse,🦄 unicorn,🐝 bee,🦋 butterfly,🐢 turtle,🐍 snake,🐙 octopus,🐳 whale,🐘 elephant,🌵 cactus,🌲 tree,🍁 leaf,' +
  '🍄 mushroom,🌻 sunflower,🌙 moon,⭐ star,🌈 rainbow,🔥 fire,⛄ snowman,🍎 apple,🍌 banana,🍓 strawberry,🍒 cherries,🍋 lemon,' +
  '🥕 carrot,🌽 corn,🍕 pizza,🍞 bread,🎂 cake,⚽ ball,🎸 guitar,🎹 piano,🥁 drum,🎲 dice,🏆 trophy,🚗 car,🚲 bicycle,✈️ plane,' +
  '🚀 rocket,⛵ boat,🏠 house,⏰ clock,📷 camera,☎️ telephone,💡 lamp,🔑 key,🎩 hat,☂️ umbrella,⚓ anchor';

/** A picture of a safety code. */
export interface SafetyEmoji {
  readonly emoji: string;
  /** What to call it: English, lower case, one word. It doesn't change, so that a page can look its own word up by it. */
  readonly name: string;
}

/** All that a code may have: 64, so that each tells six bits. */
export const SAFETY_EMOJI: readonly SafetyEmoji[] = NAMED.split(',').map((entry) => {
  const [emoji = '', name = ''] = entry.split(' ');
  return { emoji, name };
});
