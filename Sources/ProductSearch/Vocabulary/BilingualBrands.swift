// Brand names in both scripts that every shop can use, one brand a line. The catalogue teaches the rest; a
// shop switches this table off as a whole. Names that are everyday words in one script (gap, 리, on) stand
// only here where the other script makes them unmistakable.

/// The table that comes with the release.
enum BilingualBrands {
    /// Each line as a two-way rule.
    static let rules: [SynonymRule] = table.split(separator: "\n").compactMap { line in
        do throws(VocabularyProblem) {
            return try SynonymRule(line: String(line))
        } catch {
            preconditionFailure("the built-in line '\(line)': \(error.reason)")
        }
    }

    private static let table = fashion + "\n" + sports + "\n" + cosmetics + "\n" + electronics + "\n" + home

    private static let fashion = """
        자라, zara
        유니클로, uniqlo
        구찌, gucci
        프라다, prada
        샤넬, chanel
        루이비통, louis vuitton
        에르메스, hermes
        버버리, burberry
        디올, dior, 크리스챤 디올, christian dior
        발렌시아가, balenciaga
        보테가 베네타, bottega veneta
        생로랑, 생 로랑, saint laurent
        지방시, givenchy
        펜디, fendi
        몽클레르, 몽클레어, moncler
        톰브라운, thom browne
        메종 마르지엘라, maison margiela
        메종 키츠네, maison kitsune
        아미, ami
        아페쎄, a.p.c.
        꼼데가르송, comme des garcons
        스톤아일랜드, stone island
        폴로 랄프로렌, polo ralph lauren
        랄프로렌, ralph lauren
        라코스테, lacoste
        타미힐피거, 타미 힐피거, tommy hilfiger
        캘빈클라인, 캘빈 클라인, calvin klein
        리바이스, levis, levi's
        게스, guess
        디젤, diesel
        에이치앤엠, h&m
        에잇세컨즈, 8seconds, 8 seconds
        스파오, spao
        탑텐, topten
        지오다노, giordano
        빈폴, beanpole
        헤지스, hazzys
        커버낫, covernat
        디스이즈네버댓, thisisneverthat
        칼하트, carhartt
        디키즈, dickies
        스투시, stussy
        슈프림, supreme
        챔피온, champion
        닥터마틴, dr. martens, dr martens
        컨버스, converse
        반스, vans
        크록스, crocs
        버켄스탁, birkenstock
        어그, ugg
        팀버랜드, timberland
        락포트, rockport
        클락스, clarks
        페라가모, ferragamo, 살바토레 페라가모, salvatore ferragamo
        토즈, tods, tod's
        코치, coach
        마이클코어스, 마이클 코어스, michael kors
        케이트스페이드, kate spade
        롱샴, longchamp
        루이까또즈, louis quatorze
        만다리나덕, mandarina duck
        쌤소나이트, 샘소나이트, samsonite
        아메리칸투어리스터, american tourister
        이스트팩, eastpak
        잔스포츠, jansport
        비비안웨스트우드, vivienne westwood
        폴스미스, paul smith
        휴고보스, hugo boss
        마시모두띠, massimo dutti
        망고, mango
        띠어리, theory
        산드로, sandro
        마쥬, maje
        이자벨마랑, isabel marant
        아크네스튜디오, 아크네 스튜디오, acne studios
        오프화이트, off-white
        엠엘비, mlb
        널디, nerdy
        마르디 메크르디, mardi mercredi
        마뗑킴, matin kim
        젠틀몬스터, gentle monster
        레이밴, ray-ban
        오클리, oakley
        스와로브스키, swarovski
        판도라, pandora
        티파니, tiffany
        까르띠에, cartier
        롤렉스, rolex
        오메가, omega
        세이코, seiko
        카시오, casio
        지샥, g-shock
        스와치, swatch
        티쏘, tissot
        다니엘웰링턴, daniel wellington
        쿠론, couronne
        스트레치엔젤스, stretch angels
        르꼬끄, 르꼬끄 스포르티브, le coq sportif
        플랙, plac
        앤더슨벨, andersson bell
        아더에러, ader error
        우영미, wooyoungmi
        로라로라, rola rola
        비비안, vivien
        비너스, venus
        원더브라, wonderbra
        바디글로브, body glove
        """

    private static let sports = """
        나이키, nike
        아디다스, adidas
        푸마, puma
        리복, reebok
        휠라, 필라, fila
        뉴발란스, new balance
        아식스, asics
        미즈노, mizuno
        언더아머, under armour
        데상트, descente
        엄브로, umbro
        카파, kappa
        디아도라, diadora
        프로스펙스, prospecs
        험멜, hummel
        조던, jordan
        살로몬, salomon
        호카, hoka, 호카오네오네, hoka one one
        브룩스, brooks
        써코니, saucony
        스케쳐스, skechers
        온러닝, on running
        노스페이스, 더 노스페이스, the north face, north face
        코오롱스포츠, kolon sport
        블랙야크, blackyak, black yak
        네파, nepa
        케이투, k2
        아이더, eider
        밀레, millet
        컬럼비아, columbia
        파타고니아, patagonia
        아크테릭스, arcteryx, arc'teryx
        마무트, mammut
        디스커버리 익스페디션, discovery expedition
        내셔널지오그래픽, national geographic
        스노우피크, snow peak
        콜맨, coleman
        헬리녹스, helinox
        타이틀리스트, titleist
        캘러웨이, callaway
        테일러메이드, taylormade
        말본 골프, malbon golf, 말본, malbon
        파리게이츠, pearly gates
        제이린드버그, j.lindeberg
        피엑스지, pxg
        핑골프, ping golf
        윌슨, wilson
        요넥스, yonex
        바볼랏, babolat
        룰루레몬, lululemon
        젝시믹스, xexymix
        안다르, andar
        스피도, speedo
        아레나, arena
        록시, roxy
        퀵실버, quiksilver
        빌라봉, billabong
        볼컴, volcom
        가민, garmin
        시마노, shimano
        자이언트, giant
        """

    private static let cosmetics = """
        이니스프리, innisfree
        에뛰드, 에뛰드하우스, etude, etude house
        더페이스샵, the face shop
        네이처리퍼블릭, 네이처 리퍼블릭, nature republic
        토니모리, tonymoly
        미샤, missha
        어퓨, a'pieu
        스킨푸드, skinfood
        홀리카홀리카, holika holika
        에스쁘아, espoir
        클리오, clio
        페리페라, peripera
        구달, goodal
        롬앤, romand, rom&nd
        쓰리씨이, 3ce
        헤라, hera
        설화수, sulwhasoo
        라네즈, laneige
        아이오페, iope
        마몽드, mamonde
        한율, hanyul
        프리메라, primera
        에스트라, aestura
        오휘, ohui
        숨37, su:m37
        빌리프, belif
        닥터지, dr.g
        닥터자르트, dr.jart, dr. jart+
        씨앤피, cnp
        메디힐, mediheal
        제이엠솔루션, jm solution
        아누아, anua
        토리든, torriden
        라운드랩, round lab
        코스알엑스, cosrx
        스킨1004, skin1004
        조선미녀, beauty of joseon
        넘버즈인, numbuzin
        메디큐브, medicube
        에이프릴스킨, aprilskin
        아벤느, avene
        라로슈포제, la roche-posay
        비쉬, vichy
        바이오더마, bioderma
        유세린, eucerin
        세타필, cetaphil
        세라비, cerave
        피지오겔, physiogel
        일리윤, illiyoon
        아비노, aveeno
        니베아, nivea
        도브, dove
        뉴트로지나, neutrogena
        로레알, 로레알파리, loreal, l'oreal
        메이블린, maybelline
        맥, mac cosmetics
        에스티로더, 에스티 로더, estee lauder
        랑콤, lancome
        클리니크, clinique
        키엘, kiehl's, kiehls
        비오템, biotherm
        바비브라운, bobbi brown
        나스, nars
        입생로랑, yves saint laurent, ysl
        시세이도, shiseido
        슈에무라, shu uemura
        에스케이투, sk-ii
        조말론, jo malone
        딥티크, diptyque
        바이레도, byredo
        이솝, aesop
        러쉬, lush
        더바디샵, 바디샵, the body shop
        록시땅, l'occitane
        불가리, bulgari
        베네피트, benefit
        어반디케이, urban decay
        투쿨포스쿨, too cool for school
        바닐라코, banila co
        이글립스, eglips
        루나솔, lunasol
        부르조아, bourjois
        손앤박, son&park
        케라스타즈, kerastase
        모로칸오일, moroccanoil
        려, ryo
        미쟝센, mise en scene
        팬틴, pantene
        헤드앤숄더, head & shoulders
        질레트, gillette
        오랄비, oral-b
        """

    private static let electronics = """
        삼성, 삼성전자, samsung
        엘지, 엘지전자, lg
        애플, apple
        소니, sony
        파나소닉, panasonic
        필립스, philips
        샤오미, xiaomi
        화웨이, huawei
        레노버, lenovo
        에이수스, 아수스, asus
        에이서, acer
        델, dell
        휴렛팩커드, hewlett packard, hp
        엠에스아이, msi
        기가바이트, gigabyte
        인텔, intel
        에이엠디, amd
        엔비디아, nvidia
        마이크로소프트, microsoft
        구글, google
        로지텍, logitech
        레이저, razer
        커세어, corsair
        스틸시리즈, steelseries
        앱코, abko
        한성컴퓨터, hansung
        샌디스크, sandisk
        웨스턴디지털, western digital, wd
        씨게이트, seagate
        킹스톤, kingston
        마이크론, micron
        캐논, canon
        니콘, nikon
        후지필름, fujifilm
        올림푸스, olympus
        라이카, leica
        고프로, gopro
        디제이아이, dji
        보스, bose
        제이비엘, jbl
        하만카돈, harman kardon
        뱅앤올룹슨, bang & olufsen
        마샬, marshall
        젠하이저, sennheiser
        오디오테크니카, audio-technica
        앤커, anker
        벨킨, belkin
        슈피겐, spigen
        다이슨, dyson
        아이로봇, irobot
        로보락, roborock
        에코백스, ecovacs
        쿠쿠, cuckoo
        쿠첸, cuchen
        위니아, winia
        대우, daewoo
        캐리어, carrier
        코웨이, coway
        발뮤다, balmuda
        드롱기, delonghi
        네스프레소, nespresso
        브레빌, breville
        키친에이드, kitchenaid
        테팔, tefal
        브라운, braun
        보쉬, bosch
        밀레, miele
        일렉트로룩스, electrolux
        닌텐도, nintendo
        플레이스테이션, playstation
        엑스박스, xbox
        벤큐, benq
        엡손, epson
        브라더, brother
        아이리버, iriver
        코닥, kodak
        폴라로이드, polaroid
        시놀로지, synology
        넷기어, netgear
        티피링크, tp-link
        아이패드, ipad
        아이폰, iphone
        맥북, macbook
        에어팟, airpods
        갤럭시, galaxy
        """

    private static let home = """
        이케아, ikea
        레고, lego
        플레이모빌, playmobil
        디즈니, disney
        포켓몬, pokemon
        산리오, sanrio
        헬로키티, hello kitty
        스타벅스, starbucks
        네스카페, nescafe
        맥심, maxim
        카누, kanu
        동서식품, dongsuh
        코카콜라, coca-cola, coca cola
        펩시, pepsi
        스프라이트, sprite
        칠성, chilsung
        하겐다즈, haagen-dazs
        오레오, oreo
        킷캣, kitkat
        허쉬, hershey, hersheys
        페레로로쉐, ferrero rocher
        누텔라, nutella
        켈로그, kelloggs, kellogg's
        하인즈, heinz
        스팸, spam
        풀무원, pulmuone
        농심, nongshim
        오뚜기, ottogi
        빙그레, binggrae
        비비고, bibigo
        하리보, haribo
        프링글스, pringles
        도리토스, doritos
        레이즈, lays
        기네스, guinness
        하이네켄, heineken
        칭따오, tsingtao
        버드와이저, budweiser
        락앤락, locknlock, lock&lock
        타파웨어, tupperware
        스탠리, stanley
        써모스, thermos
        조지루시, zojirushi
        르크루제, le creuset
        스타우브, staub
        휘슬러, fissler
        코렐, corelle
        하기스, huggies
        팸퍼스, pampers
        크리넥스, kleenex
        다우니, downy
        페브리즈, febreze
        옥시, oxy
        시디즈, sidiz
        허먼밀러, herman miller
        템퍼, tempur
        시몬스, simmons
        에이스침대, ace bed
        로얄캐닌, royal canin
        퓨리나, purina
        지그재그, zigzag
        모나미, monami
        파버카스텔, faber-castell
        스테들러, staedtler
        몽블랑, montblanc
        쓰리엠, 3m
        듀라셀, duracell
        에너자이저, energizer
        미쉐린, michelin
        한국타이어, hankook tire
        금호타이어, kumho tire
        """
}
