extension ConsolePage {
    static let style = """
        :root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--text:#1b1f24;--soft:#5b6570;--line:#dde1e6;
        --good:#137a3f;--bad:#b3261e;--busy:#8a5a00;--link:#0b57d0;--a:#2f6fdb;--b:#e08a1e;--c:#2a9d6f;--d:#9b59b6;
        --e:#c2476b}
        @media (prefers-color-scheme:dark){:root{--back:#14171a;--card:#1d2125;--text:#e6e9ec;--soft:#9aa4ae;
        --line:#31373d;--good:#5fd28d;--bad:#ff8a80;--busy:#f0b849;--link:#8ab4f8;--a:#6ea3ff;--b:#f0a94a;--c:#4cc79a;
        --d:#c78ae0;--e:#f07a9c}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--back);color:var(--text);font:15px/1.45 system-ui,sans-serif}
        header{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline;padding:12px 20px;background:var(--card);
        border-bottom:1px solid var(--line)}
        h1{font-size:18px;margin:0}h2{font-size:16px;margin:24px 0 8px}h3{font-size:16px;margin:0}
        header p{margin:0;color:var(--soft)}#live{margin-left:auto}
        #live::before{content:"";display:inline-block;width:9px;height:9px;border-radius:50%;margin-right:6px;
        background:var(--busy)}
        #live.on::before{background:var(--good)}#live.off::before{background:var(--bad)}
        main{max-width:1200px;margin:0 auto;padding:0 20px 40px}
        a{color:var(--link)}code,td,#logs{font-family:ui-monospace,monospace;font-size:13px}
        .notice{background:var(--card);border:1px solid var(--busy);border-radius:8px;padding:10px 14px;margin:16px 0}
        .notice ul{margin:4px 0 0;padding-left:20px}
        .card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:14px 16px;margin:0 0 12px}
        .bar{display:flex;flex-wrap:wrap;gap:4px 12px;align-items:baseline}
        .bar label{margin-left:auto;color:var(--soft)}
        .state{font-weight:600}.good{color:var(--good)}.bad{color:var(--bad)}.busy{color:var(--busy)}
        .soft{color:var(--soft)}
        .message{margin:6px 0;color:var(--bad);white-space:pre-wrap;overflow-wrap:anywhere}
        .split{display:flex;height:10px;border-radius:5px;overflow:hidden;background:var(--line);margin:10px 0 6px}
        .split span{min-width:2px}
        .legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 18px;margin:0 0 8px;padding:0;overflow-wrap:anywhere}
        .legend i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
        .c0{background:var(--a)}.c1{background:var(--b)}.c2{background:var(--c)}.c3{background:var(--d)}
        .c4{background:var(--e)}
        .scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:8px}
        .card .scroll{border:0;border-top:1px solid var(--line);border-radius:0}
        table{border-collapse:collapse;width:100%}
        th{text-align:left;font-weight:500;color:var(--soft);font-size:13px}
        th,td{padding:5px 10px;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}
        tbody tr:last-child td{border-bottom:0}
        td.grow{white-space:normal;overflow-wrap:anywhere;min-width:160px}
        .number{text-align:right;font-variant-numeric:tabular-nums}
        #logs{list-style:none;margin:0;padding:8px 0;background:var(--card);border:1px solid var(--line);
        border-radius:8px;max-height:60vh;overflow:auto}
        #logs li{display:grid;grid-template-columns:auto auto 1fr;gap:0 12px;padding:2px 12px}
        #logs .text{white-space:pre-wrap;overflow-wrap:anywhere}
        #logs .bad .text{color:var(--bad)}#logs .busy .text{color:var(--busy)}
        input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:6px;
        padding:4px 8px;max-width:100%}
        .empty{color:var(--soft);padding:10px 14px;margin:0}
        :focus-visible{outline:2px solid var(--link);outline-offset:2px}
        @media (max-width:640px){main{padding:0 12px 32px}header{padding:10px 12px}.wide{display:none}
        #logs li{grid-template-columns:1fr auto}#logs .text{grid-column:1/-1}#logs li{padding:5px 12px}
        th,td{padding:5px 8px}}
        """
}
