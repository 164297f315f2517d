import type { SafetyMessages } from './shape.ts';

/** The Russian texts of safety codes, which load with the connection details. */
export const safety: SafetyMessages = {
  lang: 'ru',
  title: 'Код безопасности',
  text: 'Если вы оба видите одно и то же, между вами никто не подслушивает. Сверьте код вслух или в другом приложении.',
  digits: 'Цифрами',
  known: 'Знакомый ключ: тот же, что и в прошлых звонках',
  changed:
    'Ключ не тот, что раньше: это новый браузер или устройство, либо кто-то подключился между вами. Сверьте код.',
  same: 'Коды совпадают',
};

/** How the emoji of a code are called; an unknown one keeps its English name. */
export const EMOJI_NAMES: ReadonlyMap<string, string> = new Map(
  (
    'dog собака,cat кошка,mouse мышь,rabbit кролик,fox лиса,bear медведь,panda панда,lion лев,cow корова,pig свинья,' +
    'frog лягушка,monkey обезьяна,chicken курица,penguin пингвин,owl сова,horse лошадь,unicorn единорог,bee пчела,' +
    'butterfly бабочка,turtle черепаха,snake змея,octopus осьминог,whale кит,elephant слон,cactus кактус,tree ёлка,leaf лист,' +
    'mushroom гриб,sunflower подсолнух,moon луна,star звезда,rainbow радуга,fire огонь,snowman снеговик,apple яблоко,' +
    'banana банан,strawberry клубника,cherries вишня,lemon лимон,carrot морковь,corn кукуруза,pizza пицца,bread хлеб,cake торт,' +
    'ball мяч,guitar гитара,piano пианино,drum барабан,dice кубик,trophy кубок,car машина,bicycle велосипед,plane самолёт,' +
    'rocket ракета,boat лодка,house дом,clock часы,camera фотоаппарат,telephone телефон,lamp лампа,key ключ,hat шляпа,' +
    'umbrella зонт,anchor якорь'
  )
    .split(',')
    .map((pair): [string, string] => {
      const [name = '', word = ''] = pair.split(' ');
      return [name, word];
    }),
);
