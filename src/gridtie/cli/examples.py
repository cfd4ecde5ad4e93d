"""Two examples of every command, shown before its options. A test reads each with the parser of that command."""

ONE_COMMAND = {
    "init": ("gridtie init", "gridtie init --yes --name north --organisation lab-one"),
    "serve": ("gridtie serve", "gridtie serve --port 8475"),
    "demo": ("gridtie demo --keep", "gridtie demo --down"),
    "identify": ("gridtie identify", "gridtie identify -o json"),
    "simulate": (
        "gridtie simulate north.sacct south.sacct --out study",
        "gridtie simulate jobs.csv --map submit=t,run=seconds,units=gpus,site=cluster --policies easy,market",
    ),
    "doctor": ("gridtie doctor", "gridtie doctor --exchange https://exchange.example"),
    "quote": ("gridtie quote job.yaml", "gridtie quote sweep.sbatch -o json"),
    "submit": ("gridtie submit job.yaml", "gridtie submit train.yaml --env EPOCHS=3 --secret API_KEY --detach"),
    "status": ("gridtie status", "gridtie status @last"),
    "logs": ("gridtie logs -f @last", "gridtie logs job_01m8 --rank 1 --tail 100"),
    "cancel": ("gridtie cancel @last", "gridtie cancel job_01m8 job_01m9"),
    "receipt": ("gridtie receipt @last", "gridtie receipt job_01m8 --save receipts.json"),
    "exec": ("gridtie exec @last -- nvidia-smi", "gridtie exec -t job_01m8 -- bash"),
    "port-forward": ("gridtie port-forward @last 8888:8888", "gridtie port-forward job_01m8 6006 --rank 1"),
    "login": ("gridtie login --exchange https://exchange.example", "gridtie login --token-file token.txt"),
    "whoami": ("gridtie whoami", "gridtie whoami -o json"),
}

NOUN_AND_VERB = {
    "agent": {
        "join": (
            "gridtie agent join - --machines 2 --cpus 4 --memory 16GB",
            "gridtie agent join token.txt --scheduler slurm --set partition=gpu --set shared=/shared/gridtie",
        ),
        "run": ("gridtie agent run", "gridtie agent run --stop-jobs"),
        "status": ("gridtie agent status", "gridtie agent status -o json"),
        "leave": ("gridtie agent leave", "gridtie agent leave --yes"),
    },
    "clean": {
        "files": (
            "gridtie clean files texts.jsonl.gz --policy policy.toml --out cleaned",
            "gridtie clean files a.parquet b.parquet --policy policy.toml --out cleaned --detector presidio=./presidio",
        ),
        "train": (
            "gridtie clean train labelled.jsonl --out ours.names.json",
            "gridtie clean train monday.jsonl tuesday.jsonl --out ours.names.json --precision 0.97",
        ),
        "review": ("gridtie clean review cleaned", "gridtie clean review cleaned --verdicts monday.csv --reviewer lin"),
        "verify": ("gridtie clean verify cleaned", "gridtie clean verify /srv/data/cleaned"),
        "rules test": ("gridtie clean rules test", "gridtie clean rules test mine.toml -o json"),
    },
    "db": {
        "migrate": ("gridtie db migrate", "gridtie db migrate --database postgresql:///gridtie"),
        "backup": ("gridtie db backup monday.db", "gridtie db backup /backups/monday.db"),
        "restore": ("gridtie db restore monday.db", "gridtie db restore monday.db --database postgresql:///gridtie"),
        "check": ("gridtie db check", "gridtie db check monday.db"),
    },
    "job": {
        "list": ("gridtie job list --state running", "gridtie job list --limit 200 -o csv"),
        "show": ("gridtie job show @last", "gridtie job show train -o json"),
        "wait": ("gridtie job wait @last", "gridtie job wait job_01m8 --timeout 600"),
        "outputs": ("gridtie job outputs @last", "gridtie job outputs job_01m8 --to results"),
        "events": ("gridtie job events @last", "gridtie job events job_01m8 -o json"),
        "explain": ("gridtie job explain @last", "gridtie job explain job_01m8 -o json"),
        "init": ("gridtie job init", "gridtie job init train.yaml"),
    },
    "market": {
        "show": ("gridtie market show", "gridtie market show 7"),
        "index": ("gridtie market index", "gridtie market index --chip nv-h100 --trades -o json"),
        "rounds": ("gridtie market rounds", "gridtie market rounds --limit 100 -o csv"),
        "why": ("gridtie market why @last", "gridtie market why job_01m8"),
        "verify": ("gridtie market verify 7", "gridtie market verify 7 --file round-7.json"),
        "replay": ("gridtie market replay 7", "gridtie market replay 7 --save round-7.json"),
    },
    "offer": {
        "post": ("gridtie offer post aurora --price 0.42",
                 "gridtie offer post aurora --price 2.10 --then 8:2.50 --then 16:3.20"),
        "list": ("gridtie offer list", "gridtie offer list --chip nv-h100 --hub gz"),
        "show": ("gridtie offer show offer_01m8", "gridtie offer show offer_01m8 -o json"),
        "withdraw": ("gridtie offer withdraw offer_01m8", "gridtie offer withdraw offer_01m8 -o json"),
        "pause": ("gridtie offer pause offer_01m8", "gridtie offer pause offer_01m8 -o json"),
        "resume": ("gridtie offer resume offer_01m8", "gridtie offer resume offer_01m8 -o json"),
        "import": ("gridtie offer import prices.csv --dry-run", "gridtie offer import prices.csv"),
    },
    "bank": {
        "rates": ("gridtie bank rates", "gridtie bank rates --chip nv-h100 -o json"),
        "deposit": ("gridtie bank deposit aurora", "gridtie bank deposit aurora --until 2027-01-01T00:00:00Z --max 8"),
        "deposits": ("gridtie bank deposits", "gridtie bank deposits --mine --state closed"),
        "close": ("gridtie bank close dep_01m8", "gridtie bank close dep_01m8 -o json"),
        "statement": ("gridtie bank statement", "gridtie bank statement --chip cpu --from 2026-11-01T00:00:00Z"),
        "lend": ("gridtie bank lend lab-one 100", "gridtie bank lend lab-one 8 --chip nv-h100"),
    },
    "dataset": {
        "publish": ("gridtie dataset publish court-decisions decisions/ --card card.toml",
                    "gridtie dataset publish court-decisions --card card.toml --cleaned cleaned/"),
        "clean": ("gridtie dataset clean aurora/chats --policy policy.toml --name chats-clean --workers 4",
                  "gridtie dataset clean --job job_01m8"),
        "list": ("gridtie dataset list", "gridtie dataset list court zh -o json"),
        "show": ("gridtie dataset show aurora/court-decisions",
                 "gridtie dataset show aurora/court-decisions --version v2 -o json"),
        "versions": ("gridtie dataset versions aurora/court-decisions",
                     "gridtie dataset versions aurora/court-decisions -o json"),
        "report": ("gridtie dataset report aurora/court-decisions -o json",
                   "gridtie dataset report aurora/court-decisions --version v2 --page report.html --lang zh"),
        "fetch": ("gridtie dataset fetch aurora/court-decisions",
                  "gridtie dataset fetch aurora/court-decisions --version v2 --path 2024.jsonl --to data/"),
        "withdraw": ("gridtie dataset withdraw aurora/court-decisions",
                     "gridtie dataset withdraw aurora/court-decisions -o json"),
        "restore": ("gridtie dataset restore aurora/court-decisions",
                    "gridtie dataset restore aurora/court-decisions -o json"),
        "lineage": ("gridtie dataset lineage aurora/court", "gridtie dataset lineage aurora/court --svg court.svg"),
        "croissant": ("gridtie dataset croissant aurora/court --save croissant.json",
                      "gridtie dataset croissant aurora/court --version v3 --links"),
        "policy": ("gridtie dataset policy aurora/court", "gridtie dataset policy aurora/court --save offer.json"),
        "terms": ("gridtie dataset terms offer.json", "gridtie dataset terms offer.json -o json"),
        "profile": ("gridtie dataset profile", "gridtie dataset profile --save exchange.share"),
        "dcat": ("gridtie dataset dcat", "gridtie dataset dcat --save catalog.jsonld"),
        "deliveries": ("gridtie dataset deliveries", "gridtie dataset deliveries aurora/court-decisions -o csv"),
    },
    "contract": {
        "propose": ("gridtie contract propose aurora/court-decisions --purpose training",
                    "gridtie contract propose aurora/court-decisions --purpose training --place csjh"),
        "list": ("gridtie contract list", "gridtie contract list --state offered -o json"),
        "show": ("gridtie contract show ctr_01m8", "gridtie contract show ctr_01m8 -o json"),
        "sign": ("gridtie contract sign ctr_01m8", "gridtie contract sign ctr_01m8 -o json"),
        "decline": ("gridtie contract decline ctr_01m8", "gridtie contract decline ctr_01m8 --reason 'another price'"),
        "suspend": ("gridtie contract suspend ctr_01m8 --reason 'under review'",
                    "gridtie contract suspend ctr_01m8 -o json"),
        "resume": ("gridtie contract resume ctr_01m8", "gridtie contract resume ctr_01m8 -o json"),
        "end": ("gridtie contract end ctr_01m8", "gridtie contract end ctr_01m8 --reason 'project over'"),
    },
    "site": {
        "declare": ("gridtie site declare aurora --hub csjh",
                    "gridtie site declare bison --hub nmg --organisation lab-one"),
        "hubs": ("gridtie site hubs", "gridtie site hubs -o json"),
        "enrol": ("gridtie site enrol aurora", "gridtie site enrol aurora -o json"),
        "approve": ("gridtie site approve aurora --fingerprint 3e8b-f1d4-8582-15d5",
                    "gridtie site approve aurora --fingerprint 3e8b-f1d4-8582-15d5 -o json"),
        "list": ("gridtie site list", "gridtie site list --columns name,state,connected"),
        "show": ("gridtie site show aurora", "gridtie site show aurora -o json"),
        "policy": ("gridtie site policy aurora --reserve 20 --allow lab-one --classes batch,gang",
                   "gridtie site policy aurora --hours 'mon-fri 19:00-07:00' --zone Asia/Shanghai --close 2026-12-24"),
        "drain": ("gridtie site drain aurora", "gridtie site drain aurora -o json"),
        "resume": ("gridtie site resume aurora", "gridtie site resume aurora -o json"),
        "revoke": ("gridtie site revoke aurora --reason sold", "gridtie site revoke aurora --reason sold --yes"),
    },
    "resource": {
        "list": ("gridtie resource list", "gridtie resource list --site aurora"),
        "show": ("gridtie resource show res_01m8", "gridtie resource show cn.demo/aurora/CN-310118/general/0001-Q"),
        "certify": ("gridtie resource certify res_01m8 --wait", "gridtie resource certify res_01m8 --profile full"),
        "revoke": ("gridtie resource revoke res_01m8 --reason sold",
                   "gridtie resource revoke res_01m8 --reason sold --yes"),
    },
    "certificate": {
        "list": ("gridtie certificate list", "gridtie certificate list --resource res_01m8"),
        "show": ("gridtie certificate show cert_01m8", "gridtie certificate show cert_01m8 --save cert.json"),
        "verify": ("gridtie certificate verify cert.json",
                   "gridtie certificate verify cert.json --at 2026-12-24T12:00:00Z"),
    },
    "probe": {
        "run": ("gridtie probe run", "gridtie probe run --profile full --exchange https://exchange.example"),
    },
    "identifier": {
        "check": ("gridtie identifier check cn.demo/aurora/CN-310118/general/0001-Q",
                  "gridtie identifier check CN.DEMO/AURORA/CN-310118/GENERAL/0001-Q"),
        "resolve": ("gridtie identifier resolve cn.demo/aurora/CN-310118/general/0001-Q --save proof.json",
                    "gridtie identifier resolve cn.demo/aurora/CN-310118/general/0001-Q"
                    " --from proof.json --root cn.demo=KEY"),
    },
    "chip": {
        "list": ("gridtie chip list", "gridtie chip list --columns id,model,memory_gb"),
        "find": ("gridtie chip find A100-80GB", "gridtie chip find a100_80g_sxm -o json"),
    },
    "ledger": {
        "accounts": ("gridtie ledger accounts", "gridtie ledger accounts -o csv"),
        "transfers": ("gridtie ledger transfers", "gridtie ledger transfers --limit 500 -o csv"),
        "verify": ("gridtie ledger verify", "gridtie ledger verify -o json"),
        "top-up": ("gridtie ledger top-up lab-one 500", "gridtie ledger top-up lab-one 500 --memo 'invoice 17'"),
        "refund": ("gridtie ledger refund rcpt_01m8 --reason 'the site throttled'",
                   "gridtie ledger refund rcpt_01m8 --reason outage --from 2026-11-01T10:00:00Z"),
        "check": ("gridtie ledger check receipts.json --exchange-key KEY",
                  "gridtie ledger check receipts.json --exchange-key KEY --site-key KEY"),
    },
    "statement": {
        "show": ("gridtie statement show", "gridtie statement show --from 2026-11-01T00:00:00Z -o csv"),
    },
    "voucher": {
        "issue": ("gridtie voucher issue AI-2026 --holder lab-one --amount 100",
                  "gridtie voucher issue AI-2026 --holder lab-one --amount 100 --max-unit-price 2.50 --hub gz"),
        "list": ("gridtie voucher list", "gridtie voucher list -o csv"),
        "show": ("gridtie voucher show AI-2026", "gridtie voucher show voucher_01m8"),
        "revoke": ("gridtie voucher revoke AI-2026", "gridtie voucher revoke voucher_01m8"),
    },
    "organisation": {
        "add": ("gridtie organisation add lab-one", "gridtie organisation add lab-one -o json"),
        "list": ("gridtie organisation list", "gridtie organisation list -o name"),
        "show": ("gridtie organisation show lab-one", "gridtie organisation show lab-one -o json"),
    },
    "member": {
        "add": ("gridtie member add mei", "gridtie member add mei --organisation lab-one --role owner"),
        "list": ("gridtie member list", "gridtie member list --organisation lab-one -o name"),
        "remove": ("gridtie member remove member_01m8", "gridtie member remove member_01m8 -o json"),
    },
    "token": {
        "issue": ("gridtie token issue --label laptop", "gridtie token issue --member member_01m8 --kind ci --days 30"),
        "list": ("gridtie token list", "gridtie token list -o csv"),
        "revoke": ("gridtie token revoke yrczs8x1", "gridtie token revoke yrczs8x1 -o json"),
    },
    "config": {
        "explain": ("gridtie config explain", "gridtie config explain --exchange https://exchange.example"),
    },
}  # fmt: skip


def examples(program: str) -> tuple[str, ...]:
    """Of `gridtie NOUN [VERB]`; a noun with verbs shows the first example of two of them."""
    _, *words = program.split(" ")
    if len(words) == 1 and (noun := NOUN_AND_VERB.get(words[0])):
        return tuple(shown[0] for shown in noun.values())[:2]
    if len(words) >= 2:
        return NOUN_AND_VERB.get(words[0], {}).get(" ".join(words[1:]), ())
    return ONE_COMMAND.get(words[0], ()) if words else ()
