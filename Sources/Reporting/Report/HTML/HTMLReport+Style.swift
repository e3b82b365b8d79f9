extension HTMLReport {
    static let style = colors + layout + charts + media

    /// Text on its ground has a contrast of at least 4.5 (WCAG 2.2, 1.4.3) in both schemes.
    private static let colors = """
        :root{color-scheme:light dark;--back:#f5f6f8;--card:#fff;--text:#16191d;--soft:#57606b;--line:#dfe3e8;
        --good:#12693a;--bad:#a61b1b;--warn:#7d4e00;--link:#0b4fb3;--goodback:#e3f4ea;--badback:#fce8e6;--warnback:#fdf0d7;
        --softback:#eceff3;--passed:#2f9e62;--failed:#d64545;--flaky:#d9902f;--idle:#9aa5b1;--excused:#7a6fd0;
        --r0:#3b74d9;--r1:#e08a1e;--r2:#2a9d6f;--r3:#9b59b6;--r4:#c2476b;--r5:#1f8fa8;--r6:#857429;
        --mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
        @media (prefers-color-scheme:dark){:root{--back:#101317;--card:#191d22;--text:#e8ebee;--soft:#a3adb8;--line:#2d343c;
        --good:#69d79a;--bad:#ff9a92;--warn:#f2bd62;--link:#8ab8ff;--goodback:#12301f;--badback:#3d1817;--warnback:#372709;
        --softback:#262c33;--passed:#3fb877;--failed:#ee6a63;--flaky:#e5a44d;--idle:#6b7683;--excused:#978cf0;
        --r0:#6ea3ff;--r1:#f0a94a;--r2:#4cc79a;--r3:#c78ae0;--r4:#f07a9c;--r5:#55c8e0;--r6:#c9b96a}}

        """

    private static let layout = """
        *{box-sizing:border-box}
        html{scroll-behavior:smooth;-webkit-text-size-adjust:100%;scroll-padding-top:3.5rem}
        body{margin:0;background:var(--back);color:var(--text);overflow-wrap:break-word;
        font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        .wrap,main,footer{max-width:72rem;margin:0 auto;padding-left:1.5rem;padding-right:1.5rem}
        .top{padding:2.5rem 0 1.75rem;background:var(--card);border-bottom:1px solid var(--line);border-top:6px solid var(--soft)}
        .top.good{border-top-color:var(--passed)}.top.bad{border-top-color:var(--failed)}.top.warn{border-top-color:var(--flaky)}
        .kicker{margin:0 0 .5rem;color:var(--soft);font-size:.875rem;letter-spacing:.01em}
        h1{font-size:clamp(1.4rem,1.1rem + 1.4vw,2rem);line-height:1.25;letter-spacing:-.015em;margin:0 0 .75rem;font-weight:650;
        text-wrap:balance}
        h2{font-size:1.3rem;letter-spacing:-.01em;line-height:1.3;margin:3rem 0 1rem;font-weight:650}
        h3{font-size:1.05rem;line-height:1.4;margin:0 0 .75rem;font-weight:620;overflow-wrap:anywhere}
        p{margin:0 0 .75rem;max-width:70ch;overflow-wrap:anywhere}
        .lead{font-size:1.05rem}
        .badge{display:inline-block;font-size:.62em;letter-spacing:.06em;font-weight:700;padding:.25em .7em;border-radius:.45em;
        vertical-align:.18em;margin-right:.3em;background:var(--softback);white-space:nowrap}
        .good .badge{background:var(--goodback);color:var(--good)}.bad .badge{background:var(--badback);color:var(--bad)}
        .warn .badge{background:var(--warnback);color:var(--warn)}
        .rule{margin-bottom:1.5rem}.rule strong{text-transform:uppercase;font-size:.8em;letter-spacing:.05em;margin-right:.35em}
        a{color:var(--link);text-underline-offset:.18em;text-decoration-thickness:1px}
        code,pre{font-family:var(--mono);font-size:.875em;overflow-wrap:anywhere}
        pre{margin:0 0 .75rem;padding:.75rem 1rem;background:var(--softback);border-radius:.5rem;overflow-x:auto;
        white-space:pre-wrap;max-height:24rem}
        pre code{font-size:1em}.soft{color:var(--soft)}.cards+.soft{margin-top:1rem;max-width:none}
        .skip{position:absolute;left:-999rem;top:0;background:var(--card);padding:.75rem 1rem;z-index:3}
        .skip:focus{left:.5rem;top:.5rem}
        .sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        nav{position:sticky;top:0;z-index:2;background:var(--card);border-bottom:1px solid var(--line)}
        nav .wrap{display:flex;gap:.25rem;overflow-x:auto;padding-top:.35rem;padding-bottom:.35rem;margin:0 auto}
        nav a{padding:.4rem .7rem;border-radius:.4rem;text-decoration:none;white-space:nowrap;font-size:.9rem;color:var(--text)}
        nav a:hover{background:var(--softback)}
        .tiles{list-style:none;display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.75rem;margin:0 0 1.25rem;
        padding:0}
        .tiles li{background:var(--back);border:1px solid var(--line);border-radius:.75rem;padding:.8rem 1rem;display:grid;
        align-content:start}.words{margin:0 0 1rem}
        .tiles .name{font-size:.8rem;color:var(--soft)}
        .tiles .value{font-size:1.7rem;line-height:1.25;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
        .tiles .hint{font-size:.8rem;color:var(--soft)}
        .tiles .good .value{color:var(--good)}.tiles .bad .value{color:var(--bad)}.tiles .warn .value{color:var(--warn)}
        .legend,.targets{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.6rem 0 1.25rem;padding:0;
        font-size:.875rem;color:var(--soft)}
        .legend i{display:inline-block;width:.7rem;height:.7rem;border-radius:.2rem;margin-right:.4rem;background:var(--idle)}
        .facts{margin:0 0 .75rem;display:grid;gap:.2rem 1.5rem;font-size:.9rem}
        .top .facts{grid-template-columns:repeat(auto-fill,minmax(18rem,1fr))}
        .facts div{display:grid;grid-template-columns:7rem 1fr;gap:.75rem}
        .facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere;min-width:0}
        .note{border-left:3px solid var(--flaky);background:var(--warnback);padding:.6rem .9rem;border-radius:0 .4rem .4rem 0;
        max-width:none;font-size:.92rem;margin-top:.9rem}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,28rem),1fr));gap:1rem}
        .card{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.1rem 1.25rem;margin:0 0 1rem;
        break-inside:avoid;min-width:0}
        .cards .card{margin:0}
        .card.bad{border-left:4px solid var(--failed)}
        .split p{margin:.5rem 0 .3rem;font-size:.875rem}
        .names{margin:0 0 .75rem;padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:.3rem .5rem;font-size:.875rem}
        .names li{background:var(--softback);border-radius:.35rem;padding:.1rem .5rem;overflow-wrap:anywhere;min-width:0}
        .next{padding-left:1.4rem;margin:0}.next li{margin:0 0 .9rem;padding-left:.3rem;overflow-wrap:anywhere}
        .next p{color:var(--soft);margin:.1rem 0 .35rem}
        .command{display:inline-block;background:var(--softback);padding:.2rem .55rem;border-radius:.35rem}
        .scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.75rem;margin:0 0 1rem}
        table{border-collapse:collapse;width:100%;font-size:.9rem}
        th,td{text-align:left;padding:.5rem .9rem;border-bottom:1px solid var(--line);vertical-align:top}
        thead th{font-weight:500;color:var(--soft);font-size:.8rem;white-space:nowrap}
        tbody th{font-weight:500;overflow-wrap:anywhere;min-width:9rem}
        tbody tr:last-child>*{border-bottom:0}
        tfoot th,tfoot td{border-top:1px solid var(--line);border-bottom:0;font-weight:650}
        .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        .pill{display:inline-block;padding:.05rem .55rem;border-radius:1rem;font-size:.8rem;font-weight:600;white-space:nowrap;
        background:var(--softback);color:var(--text)}
        .pill.s-passed,.p-protected,.o-met{background:var(--goodback);color:var(--good)}
        .pill.s-failed,.pill.s-error,.pill.s-xpass,.p-at-risk,.o-missed{background:var(--badback);color:var(--bad)}
        .pill.s-flaky,.pill.s-skipped,.pill.s-blocked,.pill.s-notRun,.p-unproven,.o-uncertain{background:var(--warnback);
        color:var(--warn)}
        .filter{display:flex;flex-wrap:wrap;gap:.6rem 1.25rem;align-items:center;margin:0 0 1rem;font-size:.9rem}
        .filter[hidden]{display:none}
        .filter label{display:inline-flex;gap:.5rem;align-items:center}
        .filter fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1rem}
        .filter p{margin:0 0 0 auto;color:var(--soft)}
        input[type=search],select{font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:.45rem;
        padding:.35rem .6rem;max-width:100%}
        input[type=search]{width:17rem}
        .checks .name{color:inherit;text-decoration:none}.checks .name:hover{text-decoration:underline}
        .checks,.checks thead,.checks tbody{display:block}.checks{min-width:46rem}
        .checks tr{display:grid;grid-template-columns:8.5rem minmax(14rem,1fr) 5rem 6.5rem minmax(8rem,15rem);
        border-bottom:1px solid var(--line)}.checks tbody tr:last-child,.checks th,.checks td{border-bottom:0}
        .checks tbody tr{content-visibility:auto;contain-intrinsic-size:auto 2.5rem}.checks tr[hidden]{display:none}
        .checks td:last-child{overflow-wrap:anywhere;font-size:.85rem;color:var(--soft)}
        .checks tr:target{background:var(--warnback)}
        .checks details{margin:.35rem 0 0;font-weight:400}
        .checks summary{color:var(--soft);font-size:.875rem}
        :focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:.2rem}
        footer{padding-top:2rem;padding-bottom:3rem;color:var(--soft);font-size:.85rem}

        """

    private static let charts = """
        figure{margin:0 0 1.25rem}figcaption{font-weight:600;margin:0 0 .5rem}
        .chart{padding:.9rem .75rem}.chart svg{display:block;width:100%;min-width:38rem;height:auto}
        svg text{font:12px system-ui,sans-serif;fill:var(--soft)}svg .strong{fill:var(--text);font-weight:600}
        .counts{display:block;width:100%;height:.85rem;border-radius:.45rem;background:var(--softback)}
        .grid{stroke:var(--line)}.mark{stroke:var(--text);stroke-width:1.5;stroke-dasharray:4 3}
        .trace{fill:none;stroke:var(--r0);stroke-width:2.5;stroke-linejoin:round}
        .bar{fill:var(--r0)}.track{fill:var(--softback)}.span{fill:var(--idle);opacity:.7}
        svg .s-passed,i.s-passed,circle.o-met,.w-done{fill:var(--passed)}
        svg .s-failed,svg .s-error,svg .s-xpass,circle.o-missed,.w-failed,.w-in-doubt{fill:var(--failed)}
        svg .s-flaky,circle.o-uncertain,.w-undone,.w-held{fill:var(--flaky)}
        svg .s-skipped,svg .s-blocked,svg .s-notRun,.w-skipped,circle.o-measured{fill:var(--idle)}
        svg .s-xfail,svg .s-waived,svg .s-quarantined{fill:var(--excused)}
        i.s-passed{background:var(--passed)}i.s-failed,i.s-error,i.s-xpass{background:var(--failed)}
        i.s-flaky{background:var(--flaky)}i.s-xfail,i.s-waived,i.s-quarantined{background:var(--excused)}
        .r0{fill:var(--r0)}.r1{fill:var(--r1)}.r2{fill:var(--r2)}.r3{fill:var(--r3)}.r4{fill:var(--r4)}.r5{fill:var(--r5)}.r6{fill:var(--r6)}

        """

    private static let media = """
        @media (max-width:40rem){.wrap,main,footer{padding-left:1rem;padding-right:1rem}.top{padding-top:1.5rem}
        .tiles{grid-template-columns:1fr 1fr}.facts div,.top .facts{grid-template-columns:1fr}.facts div{gap:0}
        .top .facts div{grid-template-columns:7rem 1fr}
        th,td{padding:.45rem .6rem}input[type=search]{width:100%}.filter label:first-child{flex:1 1 100%}
        .filter p{margin:0}.checks{min-width:0}
        .checks thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        .checks tr{grid-template-columns:auto auto 1fr}.checks tbody th{grid-area:1/1/2/4;padding-bottom:.1rem}
        .checks td:last-child{grid-area:3/1/4/4;padding-top:.1rem}.card{padding:.9rem 1rem}h2{margin-top:2.25rem}}
        @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
        @media print{:root{--back:#fff;--card:#fff;--text:#000;--soft:#444;--line:#bbb;color-scheme:light}
        body{font-size:10pt}nav,.filter,.skip{display:none!important}.top{padding:0 0 1rem;border-top-width:3px}
        .wrap,main,footer{max-width:none;padding:0}h2{break-after:avoid;margin-top:1.5rem}
        thead th{white-space:normal}th,td{padding:.3rem .45rem}tbody th{min-width:5rem}
        .scroll{overflow:visible;border-radius:0}.chart svg{min-width:0}tr,figure,.card{break-inside:avoid}
        pre{white-space:pre-wrap;max-height:none}.checks{min-width:0}.checks tbody tr{content-visibility:visible}
        a{color:inherit;text-decoration:none}
        .counts,.badge,.pill,svg,i{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
        """
}
