-- An exchange as version 1 wrote it; its public key: nCG_QWks-W3k6jLxsy5CQGPm_CQoVNv2ddP-Pfz5mXs
BEGIN TRANSACTION;
CREATE TABLE account (
	code TEXT NOT NULL, 
	debits_posted INTEGER NOT NULL, 
	credits_posted INTEGER NOT NULL, 
	debits_held INTEGER NOT NULL, 
	may_overdraw INTEGER NOT NULL, 
	PRIMARY KEY (code), 
	CHECK (debits_posted >= 0 AND credits_posted >= 0 AND debits_held >= 0), 
	CONSTRAINT never_below_zero CHECK (may_overdraw = 1 OR credits_posted - debits_posted - debits_held >= 0)
)
 STRICT

;
INSERT INTO "account" VALUES('cash',55000000,0,0,1);
INSERT INTO "account" VALUES('org:org_01kdvdna02fgs9q08eesqckmm6:balance',683334,50600000,1000000,0);
INSERT INTO "account" VALUES('org:org_01kdvdna04fe4r8bhx8ds09s9d:balance',0,5000000,0,0);
INSERT INTO "account" VALUES('grants',400000,0,0,1);
INSERT INTO "account" VALUES('voucher:voucher_01kdvdna0sf01bc459yzwje3te',400000,800000,0,0);
INSERT INTO "account" VALUES('org:org_01kdvdna01erzsbx5kpbjb0v76:earnings',1108333,1183334,0,0);
INSERT INTO "account" VALUES('fees',100000,108333,0,0);
CREATE TABLE artefact (
	run TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	rank INTEGER NOT NULL, 
	sequence INTEGER NOT NULL, 
	job TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	manifest TEXT NOT NULL, 
	at_us INTEGER NOT NULL, 
	PRIMARY KEY (run, kind, rank, sequence), 
	FOREIGN KEY(run) REFERENCES run (id)
)
 STRICT

;
INSERT INTO "artefact" VALUES('run_01kdvdna0wfy99ctxem54bxark','checkpoint',0,0,'job_01kdvdna0vft9s8z9r1p0zkgfp',1,'[{"executable":false,"path":"state","sha256":"a11ae06469c63740d7b0ecf802f282a0d46e94f31a654dfcd3c0dc6dc277f904","size":4}]',1767227400031000);
CREATE TABLE bank_deposit (
	id TEXT NOT NULL, 
	resource TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	state TEXT NOT NULL, 
	chip TEXT NOT NULL, 
	from_us INTEGER NOT NULL, 
	until_us INTEGER NOT NULL, 
	units_max INTEGER, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CHECK (from_us < until_us), 
	FOREIGN KEY(resource) REFERENCES resource (id), 
	FOREIGN KEY(organisation) REFERENCES organisation (id)
)
 STRICT

;
INSERT INTO "bank_deposit" VALUES('dep_01kdvdna0rfe5tah3dthajq0qp','res_01kdvdna0hf93tr54cpj777jj7','org_01kdvdna04fe4r8bhx8ds09s9d','open','cpu',1767225600023000,1769817600023000,NULL,1767225600024000);
CREATE TABLE certificate (
	id TEXT NOT NULL, 
	resource TEXT NOT NULL, 
	envelope TEXT NOT NULL, 
	valid_from_us INTEGER NOT NULL, 
	expires_us INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(resource) REFERENCES resource (id)
)
 STRICT

;
INSERT INTO "certificate" VALUES('cert_01kdvdna0cew1r70f8hwwc1j7x','res_01kdvdna09f1r8evsqgywx2yf0','{"kind":"certificate","payload":{"id":"cert_01kdvdna0cew1r70f8hwwc1j7x","latency_us":1000,"score":1000},"signatures":[{"key":"nCG_QWks-W3k6jLxsy5CQGPm_CQoVNv2ddP-Pfz5mXs","role":"exchange","value":"FJ-pX6ZSWGzcCo0Zyjav8F9MtoBsgfe2B6wD-l91_puxHn7F7X5IUIV-FhEWtt1joxdysuB7MMn7qPuyIyXYBw"},{"key":"sNqmIPoDZ90DhUPMv6l-98UZF5A3M9GNabmEoLHFre0","role":"site","value":"UoUu7ROP9KewXagN5ItXixyHhffsUmFaZp9fE-4zcvs3m3fZGXGHNO8yO8HaYnl5oaGSBjVCyTAtctVgwMMuBA"}]}',1767225600012000,1769817600012000,'valid');
INSERT INTO "certificate" VALUES('cert_01kdvdna0mf88az5wdgwcsk7hz','res_01kdvdna0hf93tr54cpj777jj7','{"kind":"certificate","payload":{"id":"cert_01kdvdna0mf88az5wdgwcsk7hz","latency_us":1000,"score":1000},"signatures":[{"key":"nCG_QWks-W3k6jLxsy5CQGPm_CQoVNv2ddP-Pfz5mXs","role":"exchange","value":"AjzJsk56tK80ZBa6M3ayp02Bep04eJuETJCwCu_E3oFBOevduDNMnXpcRXKgd5rE6ZaH2myC1swSYepL0-oVDw"},{"key":"jc48ouh5MqMwtpGWN5rXGC8niV4XFHuOWAqO_tMM2E4","role":"site","value":"0GuCm8VnnSKxyLkYDujdANKnzgxJWdN5_xkllxh7DT8KioQOTWr4Abn-cnKQLojEwu132JGo8TjiYGHLoL5LAA"}]}',1767225600020000,1769817600020000,'valid');
CREATE TABLE challenge (
	id TEXT NOT NULL, 
	resource TEXT NOT NULL, 
	job TEXT, 
	nonce TEXT NOT NULL, 
	"plan" TEXT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	issued_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(resource) REFERENCES resource (id), 
	UNIQUE (nonce)
)
 STRICT

;
CREATE TABLE idempotency (
	tenant TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	route TEXT NOT NULL, 
	body_hash TEXT NOT NULL, 
	status INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (tenant, "key")
)
 STRICT

;
CREATE TABLE identity_document (
	digest TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	envelope TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (digest)
)
 STRICT

;
INSERT INTO "identity_document" VALUES('sha256:fe41decf511704780a7f68d2a32b257453a9f50e2c939f60d597b1188fe08236','delegation','cn.demo/seller','{"kind":"delegation","payload":{"issuer":"cn.demo","key":"rMBXBkwnjnEoXIHNmGHerbom1i44DVf_JR_GOWTr8yg","scope":"cn.demo/seller","valid_from":"2026-01-01T00:00:00.010000Z","valid_until":"2027-01-01T00:00:00.010000Z"},"signatures":[{"key":"nCG_QWks-W3k6jLxsy5CQGPm_CQoVNv2ddP-Pfz5mXs","role":"issuer","value":"c-VGci0t05ANlqY0uKtcv40LxXWNKoWwHxrPRS_bainLshZNNlaUlMsSMOSvnFt2Yh_-ECYLZhMqrmTPoatfCQ"}]}',1767225600010000);
INSERT INTO "identity_document" VALUES('sha256:0096e1db4e6c0d9d0b1eff2c9b13f7d0641a21ff2d471c3738f018bfe6a0dcdc','delegation','cn.demo/third','{"kind":"delegation","payload":{"issuer":"cn.demo","key":"-HSX4AG9iue-A5lGLJBDMcOlejlyk0GQqNfInbszQi4","scope":"cn.demo/third","valid_from":"2026-01-01T00:00:00.018000Z","valid_until":"2027-01-01T00:00:00.018000Z"},"signatures":[{"key":"nCG_QWks-W3k6jLxsy5CQGPm_CQoVNv2ddP-Pfz5mXs","role":"issuer","value":"Xm_OR2JV_oBJFVstBPwR-WffctX9JfzZjgbe76cJuW8JlxVmr8bQgCClnn_NB8lspCkfHop2dFCfH0fZeuDOAw"}]}',1767225600018000);
CREATE TABLE job (
	id TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	member TEXT NOT NULL, 
	name TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	state TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	run TEXT, 
	reason TEXT NOT NULL, 
	reason_code TEXT NOT NULL, 
	change TEXT NOT NULL, 
	exit_code INTEGER, 
	document TEXT NOT NULL, 
	files TEXT NOT NULL, 
	notes TEXT NOT NULL, 
	"after" TEXT, 
	batch TEXT, 
	retries INTEGER NOT NULL, 
	checkpoint TEXT, 
	checkpoint_us INTEGER, 
	hold_total INTEGER NOT NULL, 
	created_us INTEGER NOT NULL, 
	updated_us INTEGER NOT NULL, 
	ended_us INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(organisation) REFERENCES organisation (id), 
	FOREIGN KEY(member) REFERENCES member (id)
)
 STRICT

;
INSERT INTO "job" VALUES('job_01kdvdna0vft9s8z9r1p0zkgfp','org_01kdvdna02fgs9q08eesqckmm6','member_01kdvdna0tev1vf6rqnvqvn4fw','job','user','succeeded',1,'run_01kdvdna0wfy99ctxem54bxark','','','',0,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["voucher:v","balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"priority":0,"purpose":"","retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,NULL,0,'[{"executable":false,"path":"state","sha256":"a11ae06469c63740d7b0ecf802f282a0d46e94f31a654dfcd3c0dc6dc277f904","size":4}]',1767227400031000,0,1767225600027000,1767229200033000,1767229200033000);
INSERT INTO "job" VALUES('job_01kdvh35n3e27smw8m92bchpgs','org_01kdvdna02fgs9q08eesqckmm6','member_01kdvdna0tev1vf6rqnvqvn4fw','job','user','failed',1,'run_01kdvh35n4etgtezvcqq625btr','it failed','failed','',3,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"priority":0,"purpose":"","retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,NULL,0,NULL,NULL,0,1767229200035000,1767229500039000,1767229500039000);
INSERT INTO "job" VALUES('job_01kdvhcam8ff7asartdf39tjyr','org_01kdvdna02fgs9q08eesqckmm6','member_01kdvdna0tev1vf6rqnvqvn4fw','job','user','running',1,'run_01kdvhcam9e6x84a1x2pmyr206','','','',NULL,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"priority":0,"purpose":"","retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,NULL,0,NULL,NULL,1000000,1767229500040000,1767229500043000,NULL);
INSERT INTO "job" VALUES('job_01kdvhcamde1xbq5ma8dyns3fw','org_01kdvdna04fe4r8bhx8ds09s9d','member_01kdvhcamceqpt9b2xq7bge43y','job','user','queued',0,NULL,'no offer fits now; closest: no machine of north is that large: 64 core(s), 30.5 GiB, 59.6 GiB disk per machine','size','ask for less per machine',NULL,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":64,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"priority":0,"purpose":"","retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,NULL,0,NULL,NULL,0,1767229500045000,1767229500046000,NULL);
INSERT INTO "job" VALUES('job_01kdvhcamff519fpq3hpep8f15','org_01kdvdna02fgs9q08eesqckmm6','member_01kdvdna0tev1vf6rqnvqvn4fw','job','user','queued',0,NULL,'waits for the next round of the market','','',NULL,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"priority":0,"purpose":"","retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","time_limit":null,"variants":[],"workdir":null}','[]','[]',NULL,'batch_01kdvhcamffyxsjajamat11p9w',0,NULL,NULL,0,1767229500047000,1767229500047000,NULL);
INSERT INTO "job" VALUES('job_01kdvhcamfeeh814nmtgnjhzqg','org_01kdvdna02fgs9q08eesqckmm6','member_01kdvdna0tev1vf6rqnvqvn4fw','job','user','queued',0,NULL,'follows job_01kdvhcamff519fpq3hpep8f15','predecessor','',NULL,'{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":0,"hubs":[],"max_hourly_cost":null,"memory_bytes":0,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"budget":{"max_price":null,"max_total":null,"pay_with":["balance"]},"certified":true,"data":[],"deadline":null,"envs":[],"envs_required":[],"expected":3600000000,"file_mounts":[],"hubs":[],"image":null,"input_gb":0.0,"isolation":"sandbox","machines":1,"max_latency_us":null,"mode":"posted","name":"job","network":"none","on_disconnect":"wait","outputs":[],"places":[],"ports":[],"priority":0,"purpose":"","retry":{"limit":2,"on":["site_lost","preempted"]},"run":"true","secrets":[],"setup":"","time_limit":null,"variants":[],"workdir":null}','[]','[]','job_01kdvhcamff519fpq3hpep8f15','batch_01kdvhcamffyxsjajamat11p9w',0,NULL,NULL,0,1767229500047000,1767229500047000,NULL);
CREATE TABLE job_secret (
	job TEXT NOT NULL, 
	name TEXT NOT NULL, 
	sealed TEXT NOT NULL, 
	PRIMARY KEY (job, name), 
	FOREIGN KEY(job) REFERENCES job (id)
)
 STRICT

;
CREATE TABLE journal (
	seq INTEGER NOT NULL, 
	at_us INTEGER NOT NULL, 
	actor TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	organisation TEXT, 
	subject TEXT NOT NULL, 
	data TEXT NOT NULL, 
	previous_hash TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (seq)
)
 STRICT

;
INSERT INTO "journal" VALUES(1,1767225600000000,'gridtie init','organisation.added','org_01kdvdna00e41r71nvrk6p2fhg','org_01kdvdna00e41r71nvrk6p2fhg','{"name":"lab"}','0000000000000000000000000000000000000000000000000000000000000000','fe68e0566f8934abcc1f5f0356196a418b4e54e20224bb0978d3fcc1ad2c44a7');
INSERT INTO "journal" VALUES(2,1767225600000000,'gridtie init','exchange.founded','org_01kdvdna00e41r71nvrk6p2fhg','exch_01kdvdna00fp793dtr98h6bcfn','{"member":"member_01kdvdna00ezp9wbzbh50mrd1w","name":"demo"}','fe68e0566f8934abcc1f5f0356196a418b4e54e20224bb0978d3fcc1ad2c44a7','77d888071598205ca9ed99f6c29aa8715b10251295ab3e915d1c1a9a3bda8be1');
INSERT INTO "journal" VALUES(3,1767225600001000,'test','organisation.added','org_01kdvdna01erzsbx5kpbjb0v76','org_01kdvdna01erzsbx5kpbjb0v76','{"name":"seller"}','77d888071598205ca9ed99f6c29aa8715b10251295ab3e915d1c1a9a3bda8be1','cab92d7cec5412db0e158ae8c24d99931f8fa400e91d2e01483b93d7e42572b3');
INSERT INTO "journal" VALUES(4,1767225600002000,'test','organisation.added','org_01kdvdna02fgs9q08eesqckmm6','org_01kdvdna02fgs9q08eesqckmm6','{"name":"buyer"}','cab92d7cec5412db0e158ae8c24d99931f8fa400e91d2e01483b93d7e42572b3','4e4b567f7dc6dd8854a02ae320e9ffd4543fe22cd812dd9ee66b17085c48754e');
INSERT INTO "journal" VALUES(5,1767225600003000,'test','ledger.toppedup','org_01kdvdna02fgs9q08eesqckmm6','tx_01kdvdna03fcg812g5mv268was','{"amount":"50.00","memo":"paid in"}','4e4b567f7dc6dd8854a02ae320e9ffd4543fe22cd812dd9ee66b17085c48754e','271cae6e39e58ec0eea4f5d22fc7f300a065cf931479cb0db661f87f68ac5d3c');
INSERT INTO "journal" VALUES(6,1767225600004000,'test','organisation.added','org_01kdvdna04fe4r8bhx8ds09s9d','org_01kdvdna04fe4r8bhx8ds09s9d','{"name":"third"}','271cae6e39e58ec0eea4f5d22fc7f300a065cf931479cb0db661f87f68ac5d3c','4c8cf0c816ed3168ad09bf8a2e96f03e7b2f7612be55ffe8a9bd863fdb19fc4b');
INSERT INTO "journal" VALUES(7,1767225600005000,'test','ledger.toppedup','org_01kdvdna04fe4r8bhx8ds09s9d','tx_01kdvdna05f5tbn419676m8zhn','{"amount":"5.00","memo":"paid in"}','4c8cf0c816ed3168ad09bf8a2e96f03e7b2f7612be55ffe8a9bd863fdb19fc4b','72624e06e8d2e6de54f24652cf2e9f29af09b7c0851951d9a8685f64c0a0217f');
INSERT INTO "journal" VALUES(8,1767225600006000,'test','site.declared','org_01kdvdna01erzsbx5kpbjb0v76','site_01kdvdna06fsp9mawf3zrztgn2','{"depth":"schedulable","hub":"gz","name":"north","place":"CN-520100"}','72624e06e8d2e6de54f24652cf2e9f29af09b7c0851951d9a8685f64c0a0217f','25320b5baed9ebc65d6651925607b59cee60dd181ab1cc40c9753ee82ce59b15');
INSERT INTO "journal" VALUES(9,1767225600007000,'test','site.invited','org_01kdvdna01erzsbx5kpbjb0v76','site_01kdvdna06fsp9mawf3zrztgn2','{"token":"kh3hwym7"}','25320b5baed9ebc65d6651925607b59cee60dd181ab1cc40c9753ee82ce59b15','411873c6d8e20c61a51d193e6660b2e17fc7794eb4ddc26e181d8c95baba0a3d');
INSERT INTO "journal" VALUES(10,1767225600009000,'test','resource.reported','org_01kdvdna01erzsbx5kpbjb0v76','res_01kdvdna09f1r8evsqgywx2yf0','{"name":"pool","site":"site_01kdvdna06fsp9mawf3zrztgn2"}','411873c6d8e20c61a51d193e6660b2e17fc7794eb4ddc26e181d8c95baba0a3d','13fb27379ebd7a255cc91044f1dfa19bfc75e8f3e89c471cb864a6dd433693f1');
INSERT INTO "journal" VALUES(11,1767225600009000,'test','site.enrolled','org_01kdvdna01erzsbx5kpbjb0v76','site_01kdvdna06fsp9mawf3zrztgn2','{"fingerprint":"0863-388a-f016-547a"}','13fb27379ebd7a255cc91044f1dfa19bfc75e8f3e89c471cb864a6dd433693f1','0381a3440b12bb83fa290cd827ed2b9fca1d70eb2def0441b6e1a0f98f44b007');
INSERT INTO "journal" VALUES(12,1767225600010000,'test','site.approved','org_01kdvdna01erzsbx5kpbjb0v76','site_01kdvdna06fsp9mawf3zrztgn2','{"by":"test"}','0381a3440b12bb83fa290cd827ed2b9fca1d70eb2def0441b6e1a0f98f44b007','aff3df126c492c17576da53b514f8889884c2910095074926d16b19981feff20');
INSERT INTO "journal" VALUES(13,1767225600010000,'test','resource.identified','org_01kdvdna01erzsbx5kpbjb0v76','res_01kdvdna09f1r8evsqgywx2yf0','{"identifier":"cn.demo/seller/CN-520100/general/0001-K","site":"site_01kdvdna06fsp9mawf3zrztgn2"}','aff3df126c492c17576da53b514f8889884c2910095074926d16b19981feff20','8d897f53f4d6c85cfb286ad3d86d2aab574be677236b1c7b9755061b82691531');
INSERT INTO "journal" VALUES(14,1767225600011000,'test','site.connected','org_01kdvdna01erzsbx5kpbjb0v76','site_01kdvdna06fsp9mawf3zrztgn2','{"version":"0.1.0"}','8d897f53f4d6c85cfb286ad3d86d2aab574be677236b1c7b9755061b82691531','a44256935bf0a73455c7991de4a27d46e6eaac5864b877b407cb2936651647c8');
INSERT INTO "journal" VALUES(15,1767225600013000,'test','certificate.valid','org_01kdvdna01erzsbx5kpbjb0v76','cert_01kdvdna0cew1r70f8hwwc1j7x','{"resource":"res_01kdvdna09f1r8evsqgywx2yf0","site":"site_01kdvdna06fsp9mawf3zrztgn2"}','a44256935bf0a73455c7991de4a27d46e6eaac5864b877b407cb2936651647c8','37ac200c01bd2be2c82bd04f83df9899550368eef324d88c5346797b657a6ea9');
INSERT INTO "journal" VALUES(16,1767225600014000,'test','site.declared','org_01kdvdna04fe4r8bhx8ds09s9d','site_01kdvdna0ef3cvxvcd2kr6tfzf','{"depth":"schedulable","hub":"csjh","name":"south","place":"CN-310118"}','37ac200c01bd2be2c82bd04f83df9899550368eef324d88c5346797b657a6ea9','880b272aacc9e88756902d8da2fb2559f735e0ca13920b5ba70131d00019f214');
INSERT INTO "journal" VALUES(17,1767225600015000,'test','site.invited','org_01kdvdna04fe4r8bhx8ds09s9d','site_01kdvdna0ef3cvxvcd2kr6tfzf','{"token":"scbv0jzr"}','880b272aacc9e88756902d8da2fb2559f735e0ca13920b5ba70131d00019f214','acf42ed4e4b0d4916e2bbbe8d0fa4a8dec8a60b83613e322787c75beda5bea8e');
INSERT INTO "journal" VALUES(18,1767225600017000,'test','resource.reported','org_01kdvdna04fe4r8bhx8ds09s9d','res_01kdvdna0hf93tr54cpj777jj7','{"name":"pool","site":"site_01kdvdna0ef3cvxvcd2kr6tfzf"}','acf42ed4e4b0d4916e2bbbe8d0fa4a8dec8a60b83613e322787c75beda5bea8e','40ea7c462ec8faabccd7b1b59ad4c60194caff778a7d522e9cc75e6bd47773b0');
INSERT INTO "journal" VALUES(19,1767225600017000,'test','site.enrolled','org_01kdvdna04fe4r8bhx8ds09s9d','site_01kdvdna0ef3cvxvcd2kr6tfzf','{"fingerprint":"a31c-ee6b-ac88-b2b6"}','40ea7c462ec8faabccd7b1b59ad4c60194caff778a7d522e9cc75e6bd47773b0','2fb2f3c1024586723b7d8292dbcb17dc05bd52932fbfd29e275fffdf0271c432');
INSERT INTO "journal" VALUES(20,1767225600018000,'test','site.approved','org_01kdvdna04fe4r8bhx8ds09s9d','site_01kdvdna0ef3cvxvcd2kr6tfzf','{"by":"test"}','2fb2f3c1024586723b7d8292dbcb17dc05bd52932fbfd29e275fffdf0271c432','912eb19ea73434907a7cba0b343c0ee63d453e764c0c9c08840dfcfeb7f9a33d');
INSERT INTO "journal" VALUES(21,1767225600018000,'test','resource.identified','org_01kdvdna04fe4r8bhx8ds09s9d','res_01kdvdna0hf93tr54cpj777jj7','{"identifier":"cn.demo/third/CN-310118/general/0001-T","site":"site_01kdvdna0ef3cvxvcd2kr6tfzf"}','912eb19ea73434907a7cba0b343c0ee63d453e764c0c9c08840dfcfeb7f9a33d','108292b250d55edcaa83e912e02d7674bb3c50a174f180e9abace047f84bf4bd');
INSERT INTO "journal" VALUES(22,1767225600019000,'test','site.connected','org_01kdvdna04fe4r8bhx8ds09s9d','site_01kdvdna0ef3cvxvcd2kr6tfzf','{"version":"0.1.0"}','108292b250d55edcaa83e912e02d7674bb3c50a174f180e9abace047f84bf4bd','f966591b86012b27797656c1a8f78ab58b044b1cfee619e534567075f1a920ec');
INSERT INTO "journal" VALUES(23,1767225600021000,'test','certificate.valid','org_01kdvdna04fe4r8bhx8ds09s9d','cert_01kdvdna0mf88az5wdgwcsk7hz','{"resource":"res_01kdvdna0hf93tr54cpj777jj7","site":"site_01kdvdna0ef3cvxvcd2kr6tfzf"}','f966591b86012b27797656c1a8f78ab58b044b1cfee619e534567075f1a920ec','0580387fd4e6ab742e0865087a36292b0d5037e4b3378d4c5fdca174611c8329');
INSERT INTO "journal" VALUES(24,1767225600022000,'test','offer.posted','org_01kdvdna01erzsbx5kpbjb0v76','offer_01kdvdna0pfq1bjg37xqz1emsg','{"price":1000000,"resource":"res_01kdvdna09f1r8evsqgywx2yf0"}','0580387fd4e6ab742e0865087a36292b0d5037e4b3378d4c5fdca174611c8329','a5ab1c1e8441a483d29f232d23dc5761c7b9181bf8b72e6f047cf205c261c68f');
INSERT INTO "journal" VALUES(25,1767225600023000,'test','offer.posted','org_01kdvdna04fe4r8bhx8ds09s9d','offer_01kdvdna0qffg9xwn4y15y0fdg','{"price":2000000,"resource":"res_01kdvdna0hf93tr54cpj777jj7"}','a5ab1c1e8441a483d29f232d23dc5761c7b9181bf8b72e6f047cf205c261c68f','00cb309e1ffe497541f9bb8773d9dea99802161c8d71c99fae0b4c6e469654e5');
INSERT INTO "journal" VALUES(26,1767225600024000,'test','bank.deposited','org_01kdvdna04fe4r8bhx8ds09s9d','dep_01kdvdna0rfe5tah3dthajq0qp','{"chip":"cpu","resource":"res_01kdvdna0hf93tr54cpj777jj7"}','00cb309e1ffe497541f9bb8773d9dea99802161c8d71c99fae0b4c6e469654e5','5d7c6d8235da7c8c68cc68cb5d4eb1390f5802c2f5175cc46c67f8917703eac0');
INSERT INTO "journal" VALUES(27,1767225600025000,'test','voucher.issued','org_01kdvdna02fgs9q08eesqckmm6','voucher_01kdvdna0sf01bc459yzwje3te','{"amount":"0.40","name":"v"}','5d7c6d8235da7c8c68cc68cb5d4eb1390f5802c2f5175cc46c67f8917703eac0','a7abde02d69d77daf8c90b82ddef369c6f8059cb0a7123c812f5e2f0d28ff911');
INSERT INTO "journal" VALUES(28,1767225600026000,'test','member.added','org_01kdvdna02fgs9q08eesqckmm6','member_01kdvdna0tev1vf6rqnvqvn4fw','{"name":"owner","role":"owner"}','a7abde02d69d77daf8c90b82ddef369c6f8059cb0a7123c812f5e2f0d28ff911','e27f25a7b38f20d13224170f1344cb0822d9c597c8f2d08b695e5c28c06aa6a7');
INSERT INTO "journal" VALUES(29,1767225600027000,'test','job.queued','org_01kdvdna02fgs9q08eesqckmm6','job_01kdvdna0vft9s8z9r1p0zkgfp','{"name":"job","purpose":"user"}','e27f25a7b38f20d13224170f1344cb0822d9c597c8f2d08b695e5c28c06aa6a7','a487862c6f63eab93597d16f3c0911825d699ea407d83296718f2f1f15ea74cd');
INSERT INTO "journal" VALUES(30,1767225600028000,'test','run.assigned','org_01kdvdna02fgs9q08eesqckmm6','run_01kdvdna0wfy99ctxem54bxark','{"epoch":1,"job":"job_01kdvdna0vft9s8z9r1p0zkgfp","price":1000000,"resource":"res_01kdvdna09f1r8evsqgywx2yf0","round":1,"site":"site_01kdvdna06fsp9mawf3zrztgn2","units":1}','a487862c6f63eab93597d16f3c0911825d699ea407d83296718f2f1f15ea74cd','8d51ea2b24f3aa40ba97b42bc7ed65aa911d2564ee798d786080dd128a9b8f8f');
INSERT INTO "journal" VALUES(31,1767225600028000,'test','market.cleared',NULL,'round 1','{"prices":[{"chip":"cpu","hub":"gz","isolation":"sandbox","price":1000000}],"refusals":0,"rule":"posted-price","trades":1}','8d51ea2b24f3aa40ba97b42bc7ed65aa911d2564ee798d786080dd128a9b8f8f','84d53aaabbcbd30992555dadf8340e036a91e935e79abd73588c2cd2172ac1c3');
INSERT INTO "journal" VALUES(32,1767225600029000,'test','run.accepted','org_01kdvdna02fgs9q08eesqckmm6','run_01kdvdna0wfy99ctxem54bxark','{"epoch":1,"job":"job_01kdvdna0vft9s8z9r1p0zkgfp","site":"site_01kdvdna06fsp9mawf3zrztgn2"}','84d53aaabbcbd30992555dadf8340e036a91e935e79abd73588c2cd2172ac1c3','860680d36ccfe10a8d5c5c6e3d2102238d7f5f099cecba5dd66bc7f51576b7a4');
INSERT INTO "journal" VALUES(33,1767225600030000,'test','run.running','org_01kdvdna02fgs9q08eesqckmm6','run_01kdvdna0wfy99ctxem54bxark','{"epoch":1,"job":"job_01kdvdna0vft9s8z9r1p0zkgfp","site":"site_01kdvdna06fsp9mawf3zrztgn2"}','860680d36ccfe10a8d5c5c6e3d2102238d7f5f099cecba5dd66bc7f51576b7a4','61323b7674e66eb19875b0e888f95efdd177a0d67681ea49d14bbbf51c258953');
INSERT INTO "journal" VALUES(34,1767227400031000,'test','run.checkpoint','org_01kdvdna02fgs9q08eesqckmm6','run_01kdvdna0wfy99ctxem54bxark','{"bytes":4,"files":1,"job":"job_01kdvdna0vft9s8z9r1p0zkgfp","rank":0,"sequence":0}','61323b7674e66eb19875b0e888f95efdd177a0d67681ea49d14bbbf51c258953','992160bb76513dcaa571ded513f2e8828981ddeb515642d1a6bd58ea3345ed18');
INSERT INTO "journal" VALUES(35,1767229200032000,'test','run.finishing','org_01kdvdna02fgs9q08eesqckmm6','run_01kdvdna0wfy99ctxem54bxark','{"epoch":1,"job":"job_01kdvdna0vft9s8z9r1p0zkgfp","site":"site_01kdvdna06fsp9mawf3zrztgn2"}','992160bb76513dcaa571ded513f2e8828981ddeb515642d1a6bd58ea3345ed18','4acc7d533d5ac1be43f269433d9855e7e986219147d857dba8541f42264c2591');
INSERT INTO "journal" VALUES(36,1767229200033000,'test','run.succeeded','org_01kdvdna02fgs9q08eesqckmm6','run_01kdvdna0wfy99ctxem54bxark','{"epoch":1,"exit_code":0,"job":"job_01kdvdna0vft9s8z9r1p0zkgfp","reason":"","site":"site_01kdvdna06fsp9mawf3zrztgn2"}','4acc7d533d5ac1be43f269433d9855e7e986219147d857dba8541f42264c2591','d794001352d8544b08a8ef5f0ac8da9fc25ac0d51f587272fc6c43dc1acc4a7f');
INSERT INTO "journal" VALUES(37,1767229200033000,'test','receipt.issued','org_01kdvdna02fgs9q08eesqckmm6','rcpt_01kdvh35n1es582pj7rqrdzd55','{"amount":"1.00","job":"job_01kdvdna0vft9s8z9r1p0zkgfp","run":"run_01kdvdna0wfy99ctxem54bxark","site":"site_01kdvdna06fsp9mawf3zrztgn2"}','d794001352d8544b08a8ef5f0ac8da9fc25ac0d51f587272fc6c43dc1acc4a7f','05be17fa2d1990024ab6e2cb650cbf04316053d4b5ffb00dbd8f75e17b58c9ec');
INSERT INTO "journal" VALUES(38,1767229200033000,'test','job.succeeded','org_01kdvdna02fgs9q08eesqckmm6','job_01kdvdna0vft9s8z9r1p0zkgfp','{"exit_code":0,"reason":"","run":"run_01kdvdna0wfy99ctxem54bxark"}','05be17fa2d1990024ab6e2cb650cbf04316053d4b5ffb00dbd8f75e17b58c9ec','3b228291e2f680952903f4d9b0a480021f0af30fd11aaff16815504deae6baed');
INSERT INTO "journal" VALUES(39,1767229200034000,'test','receipt.refunded','org_01kdvdna02fgs9q08eesqckmm6','rcpt_01kdvh35n1es582pj7rqrdzd55','{"amount":"1.00","job":"job_01kdvdna0vft9s8z9r1p0zkgfp","lost":[["2026-01-01T00:00:00.030000Z","2026-01-01T01:00:00.032000Z"]],"reason":"outage","run":"run_01kdvdna0wfy99ctxem54bxark"}','3b228291e2f680952903f4d9b0a480021f0af30fd11aaff16815504deae6baed','552eae8eaf09b43eb50e623feb667c749f2229215100247ebb5b29a9e16208a9');
INSERT INTO "journal" VALUES(40,1767229200035000,'test','job.queued','org_01kdvdna02fgs9q08eesqckmm6','job_01kdvh35n3e27smw8m92bchpgs','{"name":"job","purpose":"user"}','552eae8eaf09b43eb50e623feb667c749f2229215100247ebb5b29a9e16208a9','bfae79d146e8a161bc988940d721a31882f10fa627f11d5b4e25f54cfbc5be0a');
INSERT INTO "journal" VALUES(41,1767229200036000,'test','run.assigned','org_01kdvdna02fgs9q08eesqckmm6','run_01kdvh35n4etgtezvcqq625btr','{"epoch":1,"job":"job_01kdvh35n3e27smw8m92bchpgs","price":1000000,"resource":"res_01kdvdna09f1r8evsqgywx2yf0","round":2,"site":"site_01kdvdna06fsp9mawf3zrztgn2","units":1}','bfae79d146e8a161bc988940d721a31882f10fa627f11d5b4e25f54cfbc5be0a','6e2e1b3717a796f9772f5cb1b5582cf087c7cd25de2a91f7bc5d638c3cb632ce');
INSERT INTO "journal" VALUES(42,1767229200036000,'test','market.cleared',NULL,'round 2','{"prices":[{"chip":"cpu","hub":"gz","isolation":"sandbox","price":1000000}],"refusals":0,"rule":"posted-price","trades":1}','6e2e1b3717a796f9772f5cb1b5582cf087c7cd25de2a91f7bc5d638c3cb632ce','b74d172c492d19513ff0a6fd4c6adcceaba9894abf56ad6e479dbc1c3fbc8305');
INSERT INTO "journal" VALUES(43,1767229200037000,'test','run.accepted','org_01kdvdna02fgs9q08eesqckmm6','run_01kdvh35n4etgtezvcqq625btr','{"epoch":1,"job":"job_01kdvh35n3e27smw8m92bchpgs","site":"site_01kdvdna06fsp9mawf3zrztgn2"}','b74d172c492d19513ff0a6fd4c6adcceaba9894abf56ad6e479dbc1c3fbc8305','4d0706ba2d496e76473532b3c2aa151a4d8bc2fa2f6c955cd7ada1cf685f950f');
INSERT INTO "journal" VALUES(44,1767229200038000,'test','run.running','org_01kdvdna02fgs9q08eesqckmm6','run_01kdvh35n4etgtezvcqq625btr','{"epoch":1,"job":"job_01kdvh35n3e27smw8m92bchpgs","site":"site_01kdvdna06fsp9mawf3zrztgn2"}','4d0706ba2d496e76473532b3c2aa151a4d8bc2fa2f6c955cd7ada1cf685f950f','af20116f2893d47d177140cf01f5bffa21a64f9fb86ee571dff9cac735710105');
INSERT INTO "journal" VALUES(45,1767229500039000,'test','run.failed','org_01kdvdna02fgs9q08eesqckmm6','run_01kdvh35n4etgtezvcqq625btr','{"epoch":1,"exit_code":3,"job":"job_01kdvh35n3e27smw8m92bchpgs","reason":"","site":"site_01kdvdna06fsp9mawf3zrztgn2"}','af20116f2893d47d177140cf01f5bffa21a64f9fb86ee571dff9cac735710105','3b3b90a2a95c1a7559f87429360658a90f4672dac99c4059affa21bc303fee7a');
INSERT INTO "journal" VALUES(46,1767229500039000,'test','receipt.issued','org_01kdvdna02fgs9q08eesqckmm6','rcpt_01kdvhcam7fczt3ynsty67w4tf','{"amount":"0.083334","job":"job_01kdvh35n3e27smw8m92bchpgs","run":"run_01kdvh35n4etgtezvcqq625btr","site":"site_01kdvdna06fsp9mawf3zrztgn2"}','3b3b90a2a95c1a7559f87429360658a90f4672dac99c4059affa21bc303fee7a','8282653c729665b753fc2388c9cfb978fbe784e926687264cb43ecc53243c0bd');
INSERT INTO "journal" VALUES(47,1767229500039000,'test','job.failed','org_01kdvdna02fgs9q08eesqckmm6','job_01kdvh35n3e27smw8m92bchpgs','{"exit_code":3,"reason":"it failed","run":"run_01kdvh35n4etgtezvcqq625btr"}','8282653c729665b753fc2388c9cfb978fbe784e926687264cb43ecc53243c0bd','8ca28e420ca1b7cf8023a5b0c41c5643f975b2202af457143bd951f7311d5a17');
INSERT INTO "journal" VALUES(48,1767229500040000,'test','job.queued','org_01kdvdna02fgs9q08eesqckmm6','job_01kdvhcam8ff7asartdf39tjyr','{"name":"job","purpose":"user"}','8ca28e420ca1b7cf8023a5b0c41c5643f975b2202af457143bd951f7311d5a17','a62ead11cdc14413f3a10503960faf848d92ce592eba76670344d0ea5252e67b');
INSERT INTO "journal" VALUES(49,1767229500041000,'test','run.assigned','org_01kdvdna02fgs9q08eesqckmm6','run_01kdvhcam9e6x84a1x2pmyr206','{"epoch":1,"job":"job_01kdvhcam8ff7asartdf39tjyr","price":1000000,"resource":"res_01kdvdna09f1r8evsqgywx2yf0","round":3,"site":"site_01kdvdna06fsp9mawf3zrztgn2","units":1}','a62ead11cdc14413f3a10503960faf848d92ce592eba76670344d0ea5252e67b','98c55b3c7e9a3fe767470c8334502bde99806a7d8dd8d091cc76c993ef2aa6e9');
INSERT INTO "journal" VALUES(50,1767229500041000,'test','market.cleared',NULL,'round 3','{"prices":[{"chip":"cpu","hub":"gz","isolation":"sandbox","price":1000000}],"refusals":0,"rule":"posted-price","trades":1}','98c55b3c7e9a3fe767470c8334502bde99806a7d8dd8d091cc76c993ef2aa6e9','c5a49a8390f47d0ba957d261ed42b00bac80c27dac1393e4da0072f9ec227268');
INSERT INTO "journal" VALUES(51,1767229500042000,'test','run.accepted','org_01kdvdna02fgs9q08eesqckmm6','run_01kdvhcam9e6x84a1x2pmyr206','{"epoch":1,"job":"job_01kdvhcam8ff7asartdf39tjyr","site":"site_01kdvdna06fsp9mawf3zrztgn2"}','c5a49a8390f47d0ba957d261ed42b00bac80c27dac1393e4da0072f9ec227268','f76d4423630e0bef78bc97369534abab6f2e32bda6173f415cb10ac447769fb6');
INSERT INTO "journal" VALUES(52,1767229500043000,'test','run.running','org_01kdvdna02fgs9q08eesqckmm6','run_01kdvhcam9e6x84a1x2pmyr206','{"epoch":1,"job":"job_01kdvhcam8ff7asartdf39tjyr","site":"site_01kdvdna06fsp9mawf3zrztgn2"}','f76d4423630e0bef78bc97369534abab6f2e32bda6173f415cb10ac447769fb6','44303c712186cfc4c85fe663f641900f3895f620eb366952bc8e09b9fea8454c');
INSERT INTO "journal" VALUES(53,1767229500044000,'test','member.added','org_01kdvdna04fe4r8bhx8ds09s9d','member_01kdvhcamceqpt9b2xq7bge43y','{"name":"owner","role":"owner"}','44303c712186cfc4c85fe663f641900f3895f620eb366952bc8e09b9fea8454c','8964c387667eb142f501716d4d4bab5876d92014d74bbcc96785e4b6f03076e4');
INSERT INTO "journal" VALUES(54,1767229500045000,'test','job.queued','org_01kdvdna04fe4r8bhx8ds09s9d','job_01kdvhcamde1xbq5ma8dyns3fw','{"name":"job","purpose":"user"}','8964c387667eb142f501716d4d4bab5876d92014d74bbcc96785e4b6f03076e4','af517971faa224bf90ab3cc94e571b868caa48f9757b0318ecc0db441ddf8817');
INSERT INTO "journal" VALUES(55,1767229500046000,'test','market.cleared',NULL,'round 4','{"prices":[],"refusals":1,"rule":"posted-price","trades":0}','af517971faa224bf90ab3cc94e571b868caa48f9757b0318ecc0db441ddf8817','12d3604c8eaef54dea26391965a96a25ea87ee95b828752b1bd3fab026496957');
INSERT INTO "journal" VALUES(56,1767229500047000,'test','job.queued','org_01kdvdna02fgs9q08eesqckmm6','job_01kdvhcamff519fpq3hpep8f15','{"name":"job","purpose":"user"}','12d3604c8eaef54dea26391965a96a25ea87ee95b828752b1bd3fab026496957','e1ae8b450ba6783fa8075a73647cd10b974a13324fbaf9be55ae53a19e24572a');
INSERT INTO "journal" VALUES(57,1767229500047000,'test','job.queued','org_01kdvdna02fgs9q08eesqckmm6','job_01kdvhcamfeeh814nmtgnjhzqg','{"name":"job","purpose":"user"}','e1ae8b450ba6783fa8075a73647cd10b974a13324fbaf9be55ae53a19e24572a','161f28e08cb5b598b6f5022e2e61aa3d09c631c61698e011c1191b52906fcf08');
CREATE TABLE member (
	id TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	revoked_us INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (organisation, name), 
	FOREIGN KEY(organisation) REFERENCES organisation (id)
)
 STRICT

;
INSERT INTO "member" VALUES('member_01kdvdna00ezp9wbzbh50mrd1w','org_01kdvdna00e41r71nvrk6p2fhg','admin','exchange-admin',1767225600000000,NULL);
INSERT INTO "member" VALUES('member_01kdvdna0tev1vf6rqnvqvn4fw','org_01kdvdna02fgs9q08eesqckmm6','owner','owner',1767225600026000,NULL);
INSERT INTO "member" VALUES('member_01kdvhcamceqpt9b2xq7bge43y','org_01kdvdna04fe4r8bhx8ds09s9d','owner','owner',1767229500044000,NULL);
CREATE TABLE offer (
	id TEXT NOT NULL, 
	resource TEXT, 
	organisation TEXT NOT NULL, 
	state TEXT NOT NULL, 
	chip TEXT NOT NULL, 
	hub TEXT NOT NULL, 
	price INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CHECK (price >= 0), 
	FOREIGN KEY(resource) REFERENCES resource (id), 
	FOREIGN KEY(organisation) REFERENCES organisation (id)
)
 STRICT

;
INSERT INTO "offer" VALUES('offer_01kdvdna0pfq1bjg37xqz1emsg','res_01kdvdna09f1r8evsqgywx2yf0','org_01kdvdna01erzsbx5kpbjb0v76','open','cpu','gz',1000000,'{"chip":"cpu","hub":"gz","id":"offer_01kdvdna0pfq1bjg37xqz1emsg","listing":null,"owner":"org_01kdvdna01erzsbx5kpbjb0v76","price":1000000,"resource":"res_01kdvdna09f1r8evsqgywx2yf0","spot":false,"state":"open","terms":"","units_max":null,"units_min":1,"window":["2026-01-01T00:00:00.021000Z","2026-01-31T00:00:00.021000Z"]}',1767225600022000);
INSERT INTO "offer" VALUES('offer_01kdvdna0qffg9xwn4y15y0fdg','res_01kdvdna0hf93tr54cpj777jj7','org_01kdvdna04fe4r8bhx8ds09s9d','open','cpu','csjh',2000000,'{"chip":"cpu","hub":"csjh","id":"offer_01kdvdna0qffg9xwn4y15y0fdg","listing":null,"owner":"org_01kdvdna04fe4r8bhx8ds09s9d","price":2000000,"resource":"res_01kdvdna0hf93tr54cpj777jj7","spot":false,"state":"open","terms":"","units_max":null,"units_min":1,"window":["2026-01-01T00:00:00.022000Z","2026-01-31T00:00:00.022000Z"]}',1767225600023000);
CREATE TABLE organisation (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
)
 STRICT

;
INSERT INTO "organisation" VALUES('org_01kdvdna00e41r71nvrk6p2fhg','lab',1767225600000000);
INSERT INTO "organisation" VALUES('org_01kdvdna01erzsbx5kpbjb0v76','seller',1767225600001000);
INSERT INTO "organisation" VALUES('org_01kdvdna02fgs9q08eesqckmm6','buyer',1767225600002000);
INSERT INTO "organisation" VALUES('org_01kdvdna04fe4r8bhx8ds09s9d','third',1767225600004000);
CREATE TABLE receipt (
	id TEXT NOT NULL, 
	run TEXT NOT NULL, 
	job TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	site TEXT NOT NULL, 
	amount INTEGER NOT NULL, 
	envelope TEXT NOT NULL, 
	state TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	signed_us INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (run), 
	FOREIGN KEY(run) REFERENCES run (id)
)
 STRICT

;
INSERT INTO "receipt" VALUES('rcpt_01kdvh35n1es582pj7rqrdzd55','run_01kdvdna0wfy99ctxem54bxark','job_01kdvdna0vft9s8z9r1p0zkgfp','org_01kdvdna02fgs9q08eesqckmm6','site_01kdvdna06fsp9mawf3zrztgn2',1000000,'{"kind":"receipt","payload":{"amount":"1.00","currency":"CNY","epoch":1,"job":"job_01kdvdna0vft9s8z9r1p0zkgfp","limit":"1.00","lines":[{"amount":"1.000001","end":"2026-01-01T01:00:00.032000Z","residue":"-1600000000","start":"2026-01-01T00:00:00.030000Z","units":1}],"organisation":"org_01kdvdna02fgs9q08eesqckmm6","price":"1.00","receipt":"rcpt_01kdvh35n1es582pj7rqrdzd55","residue":"0","run":"run_01kdvdna0wfy99ctxem54bxark","seller":"org_01kdvdna01erzsbx5kpbjb0v76","site":"site_01kdvdna06fsp9mawf3zrztgn2","site_name":"north","state":"succeeded","unit":"core-hour","waived":[]},"signatures":[{"key":"nCG_QWks-W3k6jLxsy5CQGPm_CQoVNv2ddP-Pfz5mXs","role":"exchange","value":"4fM95R2twAad5caPNAgtJ9-j_slrBCFybNxyQyv9rgiav-eCMtbioi6TiZrZ1QtgqqSrfnpdaZ9IMPKb86T-BA"}]}','awaiting-site',1767229200033000,NULL);
INSERT INTO "receipt" VALUES('rcpt_01kdvhcam7fczt3ynsty67w4tf','run_01kdvh35n4etgtezvcqq625btr','job_01kdvh35n3e27smw8m92bchpgs','org_01kdvdna02fgs9q08eesqckmm6','site_01kdvdna06fsp9mawf3zrztgn2',83334,'{"kind":"receipt","payload":{"amount":"0.083334","currency":"CNY","epoch":1,"job":"job_01kdvh35n3e27smw8m92bchpgs","limit":"1.00","lines":[{"amount":"0.083334","end":"2026-01-01T01:05:00.039000Z","residue":"-1400000000","start":"2026-01-01T01:00:00.038000Z","units":1}],"organisation":"org_01kdvdna02fgs9q08eesqckmm6","price":"1.00","receipt":"rcpt_01kdvhcam7fczt3ynsty67w4tf","residue":"-1400000000","run":"run_01kdvh35n4etgtezvcqq625btr","seller":"org_01kdvdna01erzsbx5kpbjb0v76","site":"site_01kdvdna06fsp9mawf3zrztgn2","site_name":"north","state":"failed","unit":"core-hour","waived":[]},"signatures":[{"key":"nCG_QWks-W3k6jLxsy5CQGPm_CQoVNv2ddP-Pfz5mXs","role":"exchange","value":"mebQIIlJmdzKlDPlRB4ayl9NuiivKVn5NPWo9dA7GXUCJWUA8YQyB0P7iB3JxQAhXYOBWTrb6lNbmx4hrBs8BQ"}]}','awaiting-site',1767229500039000,NULL);
CREATE TABLE request (
	id TEXT NOT NULL, 
	job TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	state TEXT NOT NULL, 
	mode TEXT NOT NULL, 
	priority INTEGER NOT NULL, 
	signature TEXT NOT NULL, 
	pinned INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	refusal TEXT, 
	round INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (job)
)
 STRICT

;
INSERT INTO "request" VALUES('req_01kdvdna0vekcb16fxypnsj9aa','job_01kdvdna0vft9s8z9r1p0zkgfp','org_01kdvdna02fgs9q08eesqckmm6','filled','posted',0,'ce7127b0ddd48fee',0,'{"arrived_at":"2026-01-01T00:00:00.027000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvdna0vekcb16fxypnsj9aa","job":"job_01kdvdna0vft9s8z9r1p0zkgfp","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":1000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":512000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna02fgs9q08eesqckmm6","priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
INSERT INTO "request" VALUES('req_01kdvh35n3ffjbw91mwdxf09xw','job_01kdvh35n3e27smw8m92bchpgs','org_01kdvdna02fgs9q08eesqckmm6','filled','posted',0,'ce7127b0ddd48fee',0,'{"arrived_at":"2026-01-01T01:00:00.035000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvh35n3ffjbw91mwdxf09xw","job":"job_01kdvh35n3e27smw8m92bchpgs","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":1000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":512000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna02fgs9q08eesqckmm6","priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
INSERT INTO "request" VALUES('req_01kdvhcam8ew29c8nxf5fys2cf','job_01kdvhcam8ff7asartdf39tjyr','org_01kdvdna02fgs9q08eesqckmm6','filled','posted',0,'ce7127b0ddd48fee',0,'{"arrived_at":"2026-01-01T01:05:00.040000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvhcam8ew29c8nxf5fys2cf","job":"job_01kdvhcam8ff7asartdf39tjyr","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":1000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":512000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna02fgs9q08eesqckmm6","priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
INSERT INTO "request" VALUES('req_01kdvhcamdekp8p8fvnhw2aqb8','job_01kdvhcamde1xbq5ma8dyns3fw','org_01kdvdna04fe4r8bhx8ds09s9d','open','posted',0,'466b51c9a94a76cc',0,'{"arrived_at":"2026-01-01T01:05:00.045000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvhcamdekp8p8fvnhw2aqb8","job":"job_01kdvhcamde1xbq5ma8dyns3fw","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":64,"cpus_exact":false,"disk_bytes":64000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":32768000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna04fe4r8bhx8ds09s9d","priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}','{"change":"ask for less per machine","code":"size","counts":{"size":2},"reason":"no offer fits now; closest: no machine of north is that large: 64 core(s), 30.5 GiB, 59.6 GiB disk per machine"}',4);
INSERT INTO "request" VALUES('req_01kdvhcamfeaxabb06v1jc5wq3','job_01kdvhcamff519fpq3hpep8f15','org_01kdvdna02fgs9q08eesqckmm6','open','posted',0,'ce7127b0ddd48fee',0,'{"arrived_at":"2026-01-01T01:05:00.047000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvhcamfeaxabb06v1jc5wq3","job":"job_01kdvhcamff519fpq3hpep8f15","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":1000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":512000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna02fgs9q08eesqckmm6","priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
INSERT INTO "request" VALUES('req_01kdvhcamffha869hj9qxpjqzv','job_01kdvhcamfeeh814nmtgnjhzqg','org_01kdvdna02fgs9q08eesqckmm6','waiting','posted',0,'ce7127b0ddd48fee',0,'{"arrived_at":"2026-01-01T01:05:00.047000Z","deadline":null,"expected_us":3600000000,"id":"req_01kdvhcamffha869hj9qxpjqzv","job":"job_01kdvhcamfeeh814nmtgnjhzqg","max_price":null,"max_total":null,"mode":"posted","needs":{"alternatives":[{"accelerators":0,"chip":"cpu","chip_memory_bytes":0,"cpus":1,"cpus_exact":false,"disk_bytes":1000000000,"hubs":[],"max_hourly_cost":null,"memory_bytes":512000000,"memory_exact":false,"places":[],"rank":0,"sites":[],"use_spot":false}],"certified":true,"data_names":[],"data_places":[],"excluded_sites":[],"hubs":[],"isolation_min":"sandbox","machines":1,"max_latency_us":null,"network":"none","places":[],"purpose":""},"organisation":"org_01kdvdna02fgs9q08eesqckmm6","priority":0,"run_before":null,"state":"open","transfer_bytes":0,"unit_price_cap":null}',NULL,NULL);
CREATE TABLE resource (
	id TEXT NOT NULL, 
	site TEXT NOT NULL, 
	name TEXT NOT NULL, 
	class TEXT NOT NULL, 
	chip TEXT NOT NULL, 
	chip_memory_bytes INTEGER NOT NULL, 
	isolation TEXT NOT NULL, 
	machines TEXT NOT NULL, 
	host_digest TEXT NOT NULL, 
	host TEXT NOT NULL, 
	identifier TEXT, 
	descriptor TEXT, 
	certificate TEXT, 
	score INTEGER, 
	latency_us INTEGER, 
	in_market_until_us INTEGER, 
	state TEXT NOT NULL, 
	updated_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (site, name), 
	FOREIGN KEY(site) REFERENCES site (id), 
	UNIQUE (identifier)
)
 STRICT

;
INSERT INTO "resource" VALUES('res_01kdvdna09f1r8evsqgywx2yf0','site_01kdvdna06fsp9mawf3zrztgn2','pool','general','cpu',0,'sandbox','[{"accelerators":0,"cpus":2,"disk_bytes":214748364800,"memory_bytes":68719476736,"name":"m0"}]','sha256:dc365e79d41cfae1c3c0d969319ae62165b81b1815a86c32bbc6c64cbdf2311b','{"cpus":2,"memory_bytes":68719476736,"simulated_machines":false}','cn.demo/seller/CN-520100/general/0001-K','{"kind":"descriptor","payload":{"available":{"accelerators":0,"at":"2026-01-01T00:00:00.013000Z","cpus":2,"disk_bytes":214748364800,"machines":1,"memory_bytes":68719476736},"certificate":"cert_01kdvdna0cew1r70f8hwwc1j7x","chip":"cpu","hardware":{"simulated_machines":false},"hub":"gz","identifier":"cn.demo/seller/CN-520100/general/0001-K","isolation":"sandbox","metrics":[{"density":"dense","name":"throughput_per_unit","source":"directly measured","statistics":"mean","unit":"MFLOP/s","value":1000},{"name":"latency_to_exchange","source":"directly measured","statistics":"mean","unit":"us","value":1000}],"offers":"/v1/offers?chip=cpu&hub=gz","sequence":1767225600013,"site":"north","status":"active","total":{"accelerators":0,"cpus":2,"disk_bytes":214748364800,"machines":1,"memory_bytes":68719476736},"valid_from":"2026-01-01T00:00:00.013000Z","valid_until":"2026-04-01T00:00:00.013000Z"},"signatures":[{"key":"rMBXBkwnjnEoXIHNmGHerbom1i44DVf_JR_GOWTr8yg","role":"owner","value":"WAuaLnSPhtfIq8BiwakZo8Kpwa3h_ilPgXolB7Rnj5dSLRgQyUmRXFYz1rP2mJ-47TESvOBQKE7Fx8bODHKsDA"}]}','cert_01kdvdna0cew1r70f8hwwc1j7x',1000,1000,1769817600012000,'active',1767225600013000);
INSERT INTO "resource" VALUES('res_01kdvdna0hf93tr54cpj777jj7','site_01kdvdna0ef3cvxvcd2kr6tfzf','pool','general','cpu',0,'sandbox','[{"accelerators":0,"cpus":1,"disk_bytes":214748364800,"memory_bytes":68719476736,"name":"m0"}]','sha256:2daa8d4a05dfc643abb44c5d5966430ca30c976e437e0f786de55ffc864b9a98','{"cpus":1,"memory_bytes":68719476736,"simulated_machines":false}','cn.demo/third/CN-310118/general/0001-T','{"kind":"descriptor","payload":{"available":{"accelerators":0,"at":"2026-01-01T00:00:00.021000Z","cpus":1,"disk_bytes":214748364800,"machines":1,"memory_bytes":68719476736},"certificate":"cert_01kdvdna0mf88az5wdgwcsk7hz","chip":"cpu","hardware":{"simulated_machines":false},"hub":"csjh","identifier":"cn.demo/third/CN-310118/general/0001-T","isolation":"sandbox","metrics":[{"density":"dense","name":"throughput_per_unit","source":"directly measured","statistics":"mean","unit":"MFLOP/s","value":1000},{"name":"latency_to_exchange","source":"directly measured","statistics":"mean","unit":"us","value":1000}],"offers":"/v1/offers?chip=cpu&hub=csjh","sequence":1767225600021,"site":"south","status":"active","total":{"accelerators":0,"cpus":1,"disk_bytes":214748364800,"machines":1,"memory_bytes":68719476736},"valid_from":"2026-01-01T00:00:00.021000Z","valid_until":"2026-04-01T00:00:00.021000Z"},"signatures":[{"key":"-HSX4AG9iue-A5lGLJBDMcOlejlyk0GQqNfInbszQi4","role":"owner","value":"co6bt761BOvOLf6K7UeKJx6WZqYYpex_EpUkk3sOisfWyTZloCfCCtf-RSg4GiVz8crZW_ZbfReDYdPIvthGDw"}]}','cert_01kdvdna0mf88az5wdgwcsk7hz',1000,1000,1769817600020000,'active',1767225600021000);
CREATE TABLE round (
	number INTEGER NOT NULL, 
	rule TEXT NOT NULL, 
	at_us INTEGER NOT NULL, 
	prices TEXT, 
	book BLOB NOT NULL, 
	clearing BLOB NOT NULL, 
	book_digest TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	trades INTEGER NOT NULL, 
	refusals INTEGER NOT NULL, 
	PRIMARY KEY (number)
)
 STRICT

;
INSERT INTO "round" VALUES(1,'posted-price',1767225600028000,NULL,X'789CCD56C172E23810FD179FC944326063AE7BDCAA3DCD69B7522ED96E19615B32920C36A9FCFBB6641343866492AA9DA94D510164A95FF7EBA7D73C07CC06DB202461F44028BEBE13B2F5AF6F24DC1042FE0E1641CE5A960B2BC004DBE740834909AD8A6321194938D51B389A43399CFA70E0C4ED6075AD4E50A44A974C0AC3AC50128FFEF384A176A245BCBCED82F14BDA40A3F490668375E109AE2A2921B750045BAB3B5804054881D1DA4EB7CAC014A880D6EE3092C977507435CB6AC088BB2EC3B5F28C1F051EB3820BD00E4F7E2B10E7D1405D837EFCE3AF87754828218F2548D0AC7EC44AE9C39FEE984C1BA62BB017746154ED2B70604C1699EA711B2E81CC87B4C374300EA6DD302C47FAF490813C07046256E9A9A8D6ED0C316F61AA4BB1215DC5ABCD325A6D7C801B22A24D4C93551CC5CB681148D600C2372478799A9152AB2CAB7F3D9E3A494F22B6736E3C057D3659BFAEDA6C9F91631C05D3C6B493C28E49B435CB5D9C57BA710FAA07F4D1B513748E1DF21B715175DAEFFD89BA16D870A5E142BA11D61D726FF3A9889B3669D8892FCFFA6C4B1906E3C6742A4B2A8DD27959DC62ED78B2B47ABDCADB7D1CC7FB7DFC7F50726EF6BBF7B46C7742174ECA4B4A28DDDC4AF9FBAF9632FDCD52FE6FF0EE4A79C561A537D9AEDF14862426293E96F248F757A5FCA3BC3E2365E0CBFCD81FF322AC7464F999BF9132623929A39615E7A0C78EDD28F38D8E5CED6EE70C71E0BC4CFA935C0D743D105E944E12C25821CB602BBBBAFE026BAD16AEF290F8BF2F92D12A6490B3DAA0528D659E0DD582C467167483B505F8D1B70475DD5F929B1684F41A390959A813D2F0CE480BA7917679BABCF3F4E9657197C469ACFC4861CB0F34DB97CBB83F9C2934E6B314DEF3D08942FA330AEF5AE36FA1907E48219D28C4CBD6328D2AB55E96CFDE6E0F1D183BD98AD6C2DD9D0F7E7EC4135001ACA8D1252EE942DF7A57F58EB58C08B970E57B8328334B47A8F28C46BC1F5A69F60963186EAF5C33F1FFD5366E13B339279AB6E45C95BC0D9C35F5E9D48C11D62D4C36352DA8C2118C56EE2C1EAD06A030E3D4C0A2253AEDF15D0FFDC4F0B8D89EFB9042CFF2B9B7D74E48C94C00EA741A2A2ED91D0AA71ED21CF37B4DF906654D5F6FEAF4E016C69BDE14503359F9BC9CFD4C6B9D81F44A73AEE739683FA8E691C72CF36E759976EEFB7560E8F3BA2BB09B5781E73A5E47D628CFABB1350F293A967B3DC7C66A25D893D2951FF9D20DD56BDC6908BB2BE1ECF36AC0BFBDA6212F4D72201B0073C8ABA699AEA9D2C20EA3E77732CD807B331F91DF5E3E64CF38CB98DBEBEEDCA8AF147F5E8FE71C815A75D2C998062FFF02E075C154',X'789C9550CB6E833010FC973D73B01B296DF8952A42066C70821F786D0A89F8F7AE512AA29E923D8DC7BB3BB373071F742311CAEF3B34BDF65042E31314D0A79A707723A8D10D226A67894061DBDACDC41A113A6DC540A4534A868AF16B3BB55630AF465E5FBAC3E73CDEB834D851F7260325675B1590AC8EA4CAD7730141AA8462C826E885BD080F43C2B864E3D3D426F49A6016A812ED391CD9A3B2560CA2FDDB3E44192C1D3691315ADE388C155186BE290C677C8ABBE5355F4C09D96D1A0C83F35B7EFE0710E49824D27119EDA393BC36353FAA79F1162F272120B7A24B214F67B8F79E140F5F72C2B15B7EE68F453178CE75FD05ADCE9C77','sha256:6a4149634ffe047996bae6439a0331e13434c165a3f54f5f6fdc2b21e7c144be','sha256:35406eef135445657de4e9d25cff64ea8b8653227e43720f5383adbd8d8455f5',1,0);
INSERT INTO "round" VALUES(2,'posted-price',1767229200036000,NULL,X'789CCD564D8FE23810FD2F39D3D3760204B8EE71A53DCD6947ADC849CA8921B183ED9040ABFFFB941DD3400FD3D32DED8C1645109C727DBC7A7E95E788D96813C5245E3E108AD757423784E0F585244B42C8BFD12C2A58C70A61059868F31C693019A1BBF2504A46D69CEA151CCCBE3A0E637CE4C459B0A651039499D21593C2302B94C4ADDF9ED0552D3A8C57747D34FDC95A68953E66F9D13AF704579594505828A38DD53DCCA212A4406F5DAF3B6520382AA1B3357A32450D65DFB0BC01F458F739AE5527BC15B8CD0A2E40BB78F24B89711E0D340DE8C7BFFE7958C48412F2588104CD9A47AC943EFCEDB6C9AC657A07F61C5D18D5F80A5C3026CB5C8D68864B208B63D6633AE807D36E1996237D7A88405100066256E95054E72C63CC5B98DDB9D898CED3F92A59CE57DEC10D10CB554AD7F3749926CB5924590B18BE25D1CBD32552669565CDEF8FA706E941C4765E1A4F419F4C3E2E765DBECDC9215D46C130EBA5B053125DC30AE7E7156EB441F6803EB876822EB043DE101755AFBDED2FD835C3862B0D67D08DB06E93FBB9EC5A72D3AD5B36F0E4A44FB69271341966A12CA93452E765761BABE6EBC4EAC5BCE8B6699A6EB7E9FF81C985D9D63FE3B2AD852E1D95134A285DDD52F9EBEFA632FDC354FE6FE2DDA5F29CC35CAFF27A5C9586ACCDBA7C9FCA13DC9FA5F28FF4FA08958127C5613C1465BCD34BCB4FFC0D953196A3327259710E7AEAD80D33DFF0C8D5EE2C2F21F69C57EB7190F3235D1C092F2B470961AC9055B4917DD37C02B54E0B57794CFCE79360740A11E4AC31C854639947437520F19905DD626D11DEFA9620AFC77372614148CF9141C8520D08C3CD4823E79116C761A49D9F26779E3EBDCCEE8218C6CA8F10767C4FF36D95A4E3FE44A1351F85F09E860608E9AF20BC2B8D7F0442FA2E8434408887AD631A596A3D2D9FBDDCEE7B3036C88AD6C29D9D775E3F16215009AC6C5025CEE9C2D87955F58AE55F520256BE37186542A94E1632E17C9B0F6BDA0EE5C809D21CDD6D956B267E5F99419C9A7658B5EB382FEAAE329193A6310BCD98C2BA8520536141950E60947227F1283500A599A606162D51690F3FD5D00F0C8FB3ECB99B0C46565C7A7BAD84945C00409E86A1E292AD9138CD312B30BFD7946FA22CE8EB490D0F6EC378D10B0E35933B9F97939FB0D61BC8AE38E77A5E80F683EA32F298655EADCED3CEFDBF760C63D1F42576F3CAF1A58ED79135D1F36A6C5D86149DCABD9E6353B512ECA0F4CE8F7CE986EA75DC3084DD9170F27935E0DF1ED3985766BD272B00B32F766D1B8EA9D2C21E27CDEF659603F7623E457E7BF8103DE324E3D25E77E6267E65F87A3DED73006AD54B47E3387AF90E18DBC049',X'789C9550CB6E833010FC973D73B0839A167EA58A90C13638C50FFC0092887FCF9AA64AD453BBA7F1787767766EE0BCEA4480FAF306DDA01CD4D0B904050CA945DC5F11AA6047169535480466786B576435F3BD326C44D24A297C43E8179FB961C4C989B6E7BE7C5FA72B153AF4D8BDCB404DC95E0524A322AAD2ED5480173205366613F80A03F30F434CDB64E2CBD42EF437C12CD024DC531EC9A3B256F48CFF6C1FA3F0060F9BD1182EEF6C880D521ABF310CAB5D8A4FCB5BBE181332FB346802A77FF9F91D80175312018FCBE87B7428DF4C29E5B95D2AAA17BE4A52AD0BE4D66093CFD3193E652A49FD8798C3D45F96F57091045E73DDEE8A959BFD','sha256:04e20abaf80488ab8870d7d22ee5c8a5a73beb5ee4652a1e5deea1a3c0d5de11','sha256:4e88dc86ecf72a8c21f2036534491bd4d483af4065a52cc7e79029214d74ce24',1,0);
INSERT INTO "round" VALUES(3,'posted-price',1767229500041000,NULL,X'789CCD56C172E23810FD179F4922D98081EB1EB76A4F73DAAD944B482D10D8929164B049E5DFB7259B18324C26A9DA99DA1415406EF553BF7E7ACD4BC27CB24A5292CE1F08C5D737425764B622E4914C2921E4EF6492705633AEBC0297AC5E120BAE20742F8E4233B294D42EE0E80E9BEED4A69D24218295A53981288CDD30AD1CF3CA68DCFACF33A6DAAA1AF178DD24FD97A282CAD8AE58773EA427B86AB406EE41242B6F1B982402B4C26C75636BE3604824A0F65BCCE4F8164453B275099871DBAC716D73C68F0AB7792515D880A71F05E23C39284BB04F7FFCF5304B0996F7B4010D96954F58297DF8336CD345C5EC1EFC055D3953C60A0218D3626D5A0CC325D0BC2B1A3C4EA06992540CCBD1F178C800E78040CC1B3B145587C814CFADDCFE526C4AA7F97491CDA78B98E08688F922A7CB693ECFB3F924D1AC0284AF48F2FA3C2215DE7856FE7A3C73D291446CE7D8780AF6ECD6ED6C5FAF776B72CCE7C91058345AF9FE1075C978C8F34637C6A07AC01E433BC172EC500CC445D3D818FB13754DB0E1C6C28574A77CD814DEC65D73E9EA65C54E323BDBB3DFE834E9038BA12C6D2C4AE775728BB595CBCCDBD994D7BB3CCF77BBFCFFA064EE76DB1F69D96F951541CA1925942E6EA5FCED574B99FE6629FF377877A53C9530B58BF5B65D0847966E293E96724FF757A5FCBDBC3E236590193FB6472ED2BD9D7B7996EFA48C5841CAA8652325D8BE6337CA7CA7A3507B881C210E526E96ED494F3B3AEB88149B2009E5BCD29B64A59BB2FC026BB555A1F294C4BF2F92511B6450B2D2A1529D67910D5383C6671E6C85B525F831B60475DD5E0E372C281D3572525A9813D27033D2C82ABE1E499A0E23EDF234BBF3F4F9757297C461AC7C4F612D0F74BDDB64797B3853A8DC6729BCE7A10385F46714DEB5C6DF4221FD90423A508897AD661655EAA32C5FA2DD1E1A707EB0156B55B83B1FFCFC20039000264A7489CB71A1ADA3AB46C7CAE6845CB88ABD41949EA52D67D5024EE9922F742B67B273290FF767674233F1FF5598943973CC7A21B3A5DF753609D6D41643337AD8B030D8D4B060442018AD3C583C5A0D8070FDD4C0A2353AEDF1871EFA89E171B1BDF0A18096F1B1B7D74E48C94800EA74182AE1B05B144ED9151CCFF776E41B94197DBBA9C3835B98687A4342CBF43E9E2BD8CFB0D63828AE34177ACEC1C641358E3CE65974ABCBB40BDFAF1343CBCB466037AF128F75BC8DAC5E9E57636B1C52B42FF77A8EF5D56AF02763F771E4EB3054AF7187211CAE44B0CFAB01FFFE9AA672E39607B2007007BEAFAAE19A1AAB7CD77B7EA38B35C868E63DF2FBCB87ECB96019637BC39DEBF555E0CFEB7E5F20D09A46071967C9EBBF8948C136',X'789C9550D172832010FC977BF601CCB435FE4A27934104A515500E8C26E3BFF7B0E924D3A7F69E96E5EE766F6F3006231542FD7E03D99B116A90638202FAD410EEAE040DFA4144E31D11285CDBF885582B42679C1888F45AAB7066FCB39D5B27D8A827DE7C7487B765BA7265B1A3EE5D066ACEF62A20391349956FA70282D209C5904DD00B7B11EE8684F5C9C5A7A95DE86F8259E09C68CFE195DD2B6BC520DA9FED4354C1D1613319A3E5D2633C1365E99BC2F0764CF16179CB1753426E9F06CBE0F42F3FBF03086A4A0AE9B88CBE477B296CA52EE551566ED12F7AC5526AC8ADE853C8D3193E648E9A874ACD3875EB652957CDE039D7ED0B93F89C16','sha256:31af8cc8b938317ca86e40d3e3e9a49d6ef744322c857a25c8ed9483cc025662','sha256:a55955e307113969546aa299f4a7a640ad38ea2a387504700b90a89ab21a01e4',1,0);
INSERT INTO "round" VALUES(4,'posted-price',1767229500046000,NULL,X'789CCD564D8FE23810FD2F39D3DDCE0749E03AC795F634A75DB52227AE10436207DB2109ADFEEF5B7642033D0C43AF56A36DA1061CBB5ED5ABE757BC79D4786B2F2041FC447C7C7D27FE9A2CD7843C93282684FCE52DBC82B6B4E08683F6D66F9E029D117FC70E4C50B22A7D95C241EF37633F046349EC0E5AD7B2079649B5A1826B6AB81478F4EF570C55F116F18AB6F3A62F59038D5463968FC68627B82A8580C200F3D64675B0F018088ED1DA4EB552C31C88416B2A8CA48B0A5857D3BC068C587539AE6D8EF891E331C34B0ECAE2896786382F1AEA1AD4CBB73F9F9601F10979D9800045EB17ACD47FFAC31E135943D50ECC099D6B59BB0A2C18152C97036EC32510C59875980EC6C1B41B8AE508971E3250148040D4483517D5BA9D9837D7BB53B1811F26511AC651EA025C1111A70149A2244EC278E109DA00C237C47B7F3D2365461A5ADFC30B3EE34577F0127F751B4FF6C29188ED3C37DE0775D4F9B0DCB5F936278724F6E68D5927B89992686B5AD8381F74E31E540FA8836D27A8023BE436E2A2EC94DBFB0B752DB0E152C18974CD8D3D64DFCEA7E252B7AB86F665785447B31181376DCCE6B28454289DF7C5355655AE42A39651D16E9324D96E93FF83920BBDAD7EA6655371C5AC94439FF87E7A2DE5EFBF5DCAFF4A5A8F4BF9BFC1BB29E5A88448A57935A44C93955EB1FB529EE8FEAA947F94D7235286322C0EC3A160C14EC5A63C969FA48C5856CAA8655996A0A68E5D29F3938E6CED76E719625F969BD5D08B68F4972329D9C64A826BC3C5C65B8BAEAEBFC05AABB8AD3C20EEEF8B64B412192C69AD51A9DA50C7866C41E03303AAC1DA3CFCE85A82BA1E4EC9CD0B5C388DF45C30D9230D57238DACDDEB9904C13CD24E4FC31B4F5FDF1737499CC7CA8F14B6E5DECFB79B3019F6471F1AFD2885B73C74A6D0FF158537ADF1B750E8DFA5D09F29C4CBD652852A354E966FCE6EF71D6833DB8A52DCDE9D3B3F3F96331003CA6A748953BA30B4CE559D6385312127AE5C6F106562A92A68C360D7A66D5A1E44D507749FDB6BBB95B699F8FF729B3FE4FB654353360A1D96BD67AD69C8E6664CB07661B6A97941324B305AB9B578B41A00A6A7A981450B74DAC34F3DF481E1E16C2F8EA64F190CB43837F7D20AE3889C2940A5CE63C5A65BA174EA312B30C38FA4AF70C22089D3D3D9F9D1359233BE39A4A262E772B31634AF751AB20BDDD9BE17A0DCB03A8F3D6AA873ACD3C4B3DF2F03C350D41DC38E5E043E57F231B626895E8CAEF3A0F2A7822F67D954AF00D34BB573635FD8C17A893B0F627B2DAC855E0CF907DD4E2A6EC6C9F73B91E5503A439F903F5F40644F5BDB38B7D8DEBB496319FEC49ECE590295EC849572E4BDFF0371D3C20E',X'789C5550D16AC3300CFC15E1A71542E9BAB564DEDB5EF611650CCD966B93D44E25A78585FCFB14421FF67627EE4E274D66E0E4488C3D7D3586298C82FDC226E322E633196B503A0885A127111888E1822EA64CA631AEF84521E9776563AE6A9ED681DDCF4B244AC9AAC9054A08EA0EA90AE4727F07D71721A956D9235335CAB84648023562851EF94C168EAFE00AD3936C1A78D96D0FF0993E1A38BC6D8F0B029FB4E4FF6E4CD751D375B5A2EFDD73E76FD1E1C55337B4431B6E39DEF778FD69CDAC974B447E7CA132FA15CF7F0BB75FAE','sha256:7360fde3898936b7f9f2a009a57d2f3e2cb357d3a89d8cc3f23af3632a661889','sha256:79b795a0cf892b71dcdbb3d3151ca816cbcc1be713503f2ead5a5bbd195a3d87',0,1);
CREATE TABLE run (
	id TEXT NOT NULL, 
	job TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	site TEXT NOT NULL, 
	resource TEXT NOT NULL, 
	trade TEXT NOT NULL, 
	state TEXT NOT NULL, 
	"plan" TEXT NOT NULL, 
	allocation TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	units INTEGER NOT NULL, 
	price INTEGER NOT NULL, 
	next_seq INTEGER NOT NULL, 
	cancel_us INTEGER, 
	assigned_us INTEGER NOT NULL, 
	accepted_us INTEGER, 
	started_us INTEGER, 
	finished_us INTEGER, 
	ended_us INTEGER, 
	checkpoint_us INTEGER, 
	exit_code INTEGER, 
	reason TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	cpu_us INTEGER NOT NULL, 
	memory_peak_bytes INTEGER NOT NULL, 
	first_output_us INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (job, epoch), 
	FOREIGN KEY(job) REFERENCES job (id), 
	FOREIGN KEY(site) REFERENCES site (id), 
	FOREIGN KEY(resource) REFERENCES resource (id)
)
 STRICT

;
INSERT INTO "run" VALUES('run_01kdvdna0wfy99ctxem54bxark','job_01kdvdna0vft9s8z9r1p0zkgfp','org_01kdvdna02fgs9q08eesqckmm6',1,'site_01kdvdna06fsp9mawf3zrztgn2','res_01kdvdna09f1r8evsqgywx2yf0','trade_01kdvdna0wfp4vznhh2vgym964','succeeded','{"checkpoint":[],"checkpoint_sync_us":5000000,"command":"true","envs":[],"epoch":1,"files":[],"isolation":"sandbox","job":"job_01kdvdna0vft9s8z9r1p0zkgfp","job_name":"job","lease_stop_us":1800000000,"log_limit_bytes":67108864,"network":"none","on_disconnect":"wait","organisation":"org_01kdvdna02fgs9q08eesqckmm6","outputs":[],"run":"run_01kdvdna0wfy99ctxem54bxark","secret_names":[],"setup":"","site":"site_01kdvdna06fsp9mawf3zrztgn2","tasks":[{"accelerators":0,"cpus":1,"disk_bytes":1000000000,"machine":"m0","memory_bytes":512000000,"rank":0}],"time_limit_us":null}','[["m0",1,512000000,1000000000,0]]','core-hour',1,1000000,4,NULL,1767225600028000,1767225600029000,1767225600030000,1767229200032000,1767229200033000,1767227400031000,0,'','',0,0,NULL);
INSERT INTO "run" VALUES('run_01kdvh35n4etgtezvcqq625btr','job_01kdvh35n3e27smw8m92bchpgs','org_01kdvdna02fgs9q08eesqckmm6',1,'site_01kdvdna06fsp9mawf3zrztgn2','res_01kdvdna09f1r8evsqgywx2yf0','trade_01kdvh35n4eqearjhpk2n2s8df','failed','{"checkpoint":[],"checkpoint_sync_us":5000000,"command":"true","envs":[],"epoch":1,"files":[],"isolation":"sandbox","job":"job_01kdvh35n3e27smw8m92bchpgs","job_name":"job","lease_stop_us":1800000000,"log_limit_bytes":67108864,"network":"none","on_disconnect":"wait","organisation":"org_01kdvdna02fgs9q08eesqckmm6","outputs":[],"run":"run_01kdvh35n4etgtezvcqq625btr","secret_names":[],"setup":"","site":"site_01kdvdna06fsp9mawf3zrztgn2","tasks":[{"accelerators":0,"cpus":1,"disk_bytes":1000000000,"machine":"m0","memory_bytes":512000000,"rank":0}],"time_limit_us":null}','[["m0",1,512000000,1000000000,0]]','core-hour',1,1000000,3,NULL,1767229200036000,1767229200037000,1767229200038000,NULL,1767229500039000,NULL,3,'','',0,0,NULL);
INSERT INTO "run" VALUES('run_01kdvhcam9e6x84a1x2pmyr206','job_01kdvhcam8ff7asartdf39tjyr','org_01kdvdna02fgs9q08eesqckmm6',1,'site_01kdvdna06fsp9mawf3zrztgn2','res_01kdvdna09f1r8evsqgywx2yf0','trade_01kdvhcam9f1aakt11mk3mg0z3','running','{"checkpoint":[],"checkpoint_sync_us":5000000,"command":"true","envs":[],"epoch":1,"files":[],"isolation":"sandbox","job":"job_01kdvhcam8ff7asartdf39tjyr","job_name":"job","lease_stop_us":1800000000,"log_limit_bytes":67108864,"network":"none","on_disconnect":"wait","organisation":"org_01kdvdna02fgs9q08eesqckmm6","outputs":[],"run":"run_01kdvhcam9e6x84a1x2pmyr206","secret_names":[],"setup":"","site":"site_01kdvdna06fsp9mawf3zrztgn2","tasks":[{"accelerators":0,"cpus":1,"disk_bytes":1000000000,"machine":"m0","memory_bytes":512000000,"rank":0}],"time_limit_us":null}','[["m0",1,512000000,1000000000,0]]','core-hour',1,1000000,2,NULL,1767229500041000,1767229500042000,1767229500043000,NULL,NULL,NULL,NULL,'','',0,0,NULL);
CREATE TABLE run_event (
	run TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	event TEXT NOT NULL, 
	at_us INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (run, seq), 
	FOREIGN KEY(run) REFERENCES run (id)
)
 STRICT

;
INSERT INTO "run_event" VALUES('run_01kdvdna0wfy99ctxem54bxark',0,'accept',1767225600029000,'{"at":"2026-01-01T00:00:00.028000Z","cpu_us":0,"detail":"","event":"accept","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":0}');
INSERT INTO "run_event" VALUES('run_01kdvdna0wfy99ctxem54bxark',1,'start',1767225600030000,'{"at":"2026-01-01T00:00:00.029000Z","cpu_us":0,"detail":"","event":"start","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":1}');
INSERT INTO "run_event" VALUES('run_01kdvdna0wfy99ctxem54bxark',2,'finish',1767229200032000,'{"at":"2026-01-01T01:00:00.031000Z","cpu_us":0,"detail":"","event":"finish","exit_code":0,"memory_peak_bytes":0,"reason":"","seq":2}');
INSERT INTO "run_event" VALUES('run_01kdvdna0wfy99ctxem54bxark',3,'succeed',1767229200033000,'{"at":"2026-01-01T01:00:00.032000Z","cpu_us":0,"detail":"","event":"succeed","exit_code":0,"memory_peak_bytes":0,"reason":"","seq":3}');
INSERT INTO "run_event" VALUES('run_01kdvh35n4etgtezvcqq625btr',0,'accept',1767229200037000,'{"at":"2026-01-01T01:00:00.036000Z","cpu_us":0,"detail":"","event":"accept","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":0}');
INSERT INTO "run_event" VALUES('run_01kdvh35n4etgtezvcqq625btr',1,'start',1767229200038000,'{"at":"2026-01-01T01:00:00.037000Z","cpu_us":0,"detail":"","event":"start","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":1}');
INSERT INTO "run_event" VALUES('run_01kdvh35n4etgtezvcqq625btr',2,'fail',1767229500039000,'{"at":"2026-01-01T01:05:00.038000Z","cpu_us":0,"detail":"","event":"fail","exit_code":3,"memory_peak_bytes":0,"reason":"","seq":2}');
INSERT INTO "run_event" VALUES('run_01kdvhcam9e6x84a1x2pmyr206',0,'accept',1767229500042000,'{"at":"2026-01-01T01:05:00.041000Z","cpu_us":0,"detail":"","event":"accept","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":0}');
INSERT INTO "run_event" VALUES('run_01kdvhcam9e6x84a1x2pmyr206',1,'start',1767229500043000,'{"at":"2026-01-01T01:05:00.042000Z","cpu_us":0,"detail":"","event":"start","exit_code":null,"memory_peak_bytes":0,"reason":"","seq":1}');
CREATE TABLE setting (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
)
 STRICT

;
INSERT INTO "setting" VALUES('schema_version','1');
INSERT INTO "setting" VALUES('exchange_id','exch_01kdvdna00fp793dtr98h6bcfn');
INSERT INTO "setting" VALUES('exchange_founded','1767225600000000');
CREATE TABLE site (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	hub TEXT NOT NULL, 
	place TEXT NOT NULL, 
	depth TEXT NOT NULL, 
	state TEXT NOT NULL, 
	policy TEXT NOT NULL, 
	public_key TEXT, 
	boot TEXT, 
	boots_past TEXT NOT NULL, 
	version TEXT NOT NULL, 
	inventory TEXT, 
	inventory_digest TEXT, 
	seen_us INTEGER, 
	created_us INTEGER NOT NULL, 
	note TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name), 
	FOREIGN KEY(organisation) REFERENCES organisation (id)
)
 STRICT

;
INSERT INTO "site" VALUES('site_01kdvdna06fsp9mawf3zrztgn2','north','org_01kdvdna01erzsbx5kpbjb0v76','gz','CN-520100','schedulable','active','{}','sNqmIPoDZ90DhUPMv6l-98UZF5A3M9GNabmEoLHFre0','dc365e79d41cfae1c3c0d969319ae621','[]','0.1.0','{}','sha256:0000000000000000000000000000000000000000000000000000000000000000',1767225600011000,1767225600006000,'');
INSERT INTO "site" VALUES('site_01kdvdna0ef3cvxvcd2kr6tfzf','south','org_01kdvdna04fe4r8bhx8ds09s9d','csjh','CN-310118','schedulable','active','{}','jc48ouh5MqMwtpGWN5rXGC8niV4XFHuOWAqO_tMM2E4','2daa8d4a05dfc643abb44c5d5966430c','[]','0.1.0','{}','sha256:0000000000000000000000000000000000000000000000000000000000000000',1767225600019000,1767225600014000,'');
CREATE TABLE token (
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	member TEXT, 
	site TEXT, 
	label TEXT NOT NULL, 
	secret_hmac TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	expires_us INTEGER NOT NULL, 
	used_us INTEGER, 
	used_key TEXT, 
	revoked_us INTEGER, 
	nonce TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(member) REFERENCES member (id), 
	FOREIGN KEY(site) REFERENCES site (id)
)
 STRICT

;
INSERT INTO "token" VALUES('4fe23rhk','user','member_01kdvdna00ezp9wbzbh50mrd1w',NULL,'first token','7e905fce5d4ccc84fde25a3f5213402c863ab7f848a96b4032f4ad0cbd60bb85',1767225600000000,1775001600000000,NULL,NULL,NULL,NULL);
INSERT INTO "token" VALUES('kh3hwym7','enrol',NULL,'site_01kdvdna06fsp9mawf3zrztgn2','','4938138b62005d946cfcf5d599d413b7d7cfaea18bf0774a03b3c059e866e7a5',1767225600007000,1767229200007000,1767225600009000,'sNqmIPoDZ90DhUPMv6l-98UZF5A3M9GNabmEoLHFre0',NULL,'f967bdafdf0e7337420c13f8f5d40f6c');
INSERT INTO "token" VALUES('scbv0jzr','enrol',NULL,'site_01kdvdna0ef3cvxvcd2kr6tfzf','','68491a7dfa78283ce37540585dbfed3927db372206fc4d18c87536ad93a70cfc',1767225600015000,1767229200015000,1767225600017000,'jc48ouh5MqMwtpGWN5rXGC8niV4XFHuOWAqO_tMM2E4',NULL,'75598005bac48a6a9e826bd6f0a890ea');
CREATE TABLE trade (
	id TEXT NOT NULL, 
	round INTEGER NOT NULL, 
	request TEXT NOT NULL, 
	job TEXT NOT NULL, 
	offer TEXT NOT NULL, 
	resource TEXT NOT NULL, 
	units INTEGER NOT NULL, 
	price INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	at_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CHECK (units > 0), 
	CHECK (price >= 0)
)
 STRICT

;
INSERT INTO "trade" VALUES('trade_01kdvdna0wfp4vznhh2vgym964',1,'req_01kdvdna0vekcb16fxypnsj9aa','job_01kdvdna0vft9s8z9r1p0zkgfp','offer_01kdvdna0pfq1bjg37xqz1emsg','res_01kdvdna09f1r8evsqgywx2yf0',1,1000000,'{"alternative":0,"cost_terms":{"compute":1000000},"machines":["m0"],"offer":"offer_01kdvdna0pfq1bjg37xqz1emsg","price":1000000,"request":"req_01kdvdna0vekcb16fxypnsj9aa","resource":"res_01kdvdna09f1r8evsqgywx2yf0","units":1}',1767225600028000);
INSERT INTO "trade" VALUES('trade_01kdvh35n4eqearjhpk2n2s8df',2,'req_01kdvh35n3ffjbw91mwdxf09xw','job_01kdvh35n3e27smw8m92bchpgs','offer_01kdvdna0pfq1bjg37xqz1emsg','res_01kdvdna09f1r8evsqgywx2yf0',1,1000000,'{"alternative":0,"cost_terms":{"compute":1000000},"machines":["m0"],"offer":"offer_01kdvdna0pfq1bjg37xqz1emsg","price":1000000,"request":"req_01kdvh35n3ffjbw91mwdxf09xw","resource":"res_01kdvdna09f1r8evsqgywx2yf0","units":1}',1767229200036000);
INSERT INTO "trade" VALUES('trade_01kdvhcam9f1aakt11mk3mg0z3',3,'req_01kdvhcam8ew29c8nxf5fys2cf','job_01kdvhcam8ff7asartdf39tjyr','offer_01kdvdna0pfq1bjg37xqz1emsg','res_01kdvdna09f1r8evsqgywx2yf0',1,1000000,'{"alternative":0,"cost_terms":{"compute":1000000},"machines":["m0"],"offer":"offer_01kdvdna0pfq1bjg37xqz1emsg","price":1000000,"request":"req_01kdvhcam8ew29c8nxf5fys2cf","resource":"res_01kdvdna09f1r8evsqgywx2yf0","units":1}',1767229500041000);
CREATE TABLE transfer (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	debit TEXT NOT NULL, 
	credit TEXT NOT NULL, 
	amount INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	pending_id TEXT, 
	job TEXT, 
	document TEXT NOT NULL, 
	at_us INTEGER NOT NULL, 
	previous_hash TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CHECK (amount >= 0), 
	CHECK (debit <> credit), 
	UNIQUE (id)
)
 STRICT

;
INSERT INTO "transfer" VALUES(1,'tx_01kdvdna03fcg812g5mv268was','cash','org:org_01kdvdna02fgs9q08eesqckmm6:balance',50000000,'deposit',NULL,NULL,'{"amount":"50000000","at":"2026-01-01T00:00:00.003000Z","credit":"org:org_01kdvdna02fgs9q08eesqckmm6:balance","debit":"cash","id":"tx_01kdvdna03fcg812g5mv268was","job":null,"kind":"deposit","memo":"paid in","pending":null,"receipt":null,"run":null}',1767225600003000,'0000000000000000000000000000000000000000000000000000000000000000','03a7d2a895ae2ed5d51c9817e2a4f85140d3b6faa0fc90a530a3017e76d97e98');
INSERT INTO "transfer" VALUES(2,'tx_01kdvdna05f5tbn419676m8zhn','cash','org:org_01kdvdna04fe4r8bhx8ds09s9d:balance',5000000,'deposit',NULL,NULL,'{"amount":"5000000","at":"2026-01-01T00:00:00.005000Z","credit":"org:org_01kdvdna04fe4r8bhx8ds09s9d:balance","debit":"cash","id":"tx_01kdvdna05f5tbn419676m8zhn","job":null,"kind":"deposit","memo":"paid in","pending":null,"receipt":null,"run":null}',1767225600005000,'03a7d2a895ae2ed5d51c9817e2a4f85140d3b6faa0fc90a530a3017e76d97e98','dd748d6469e4dc64f24cf9ff9e0643a49d9efe3d690b621943aca9bace3edffb');
INSERT INTO "transfer" VALUES(3,'tx_dgcb1t0g6j3zzmfv8vsqye9thf','grants','voucher:voucher_01kdvdna0sf01bc459yzwje3te',400000,'voucher-issue',NULL,NULL,'{"amount":"400000","at":"2026-01-01T00:00:00.025000Z","credit":"voucher:voucher_01kdvdna0sf01bc459yzwje3te","debit":"grants","id":"tx_dgcb1t0g6j3zzmfv8vsqye9thf","job":null,"kind":"voucher-issue","memo":"voucher v","pending":null,"receipt":null,"run":null}',1767225600025000,'dd748d6469e4dc64f24cf9ff9e0643a49d9efe3d690b621943aca9bace3edffb','65e6b6fd9f6ed452ef7ebad946a213e932b786ff12a5a04ea50823d91a527047');
INSERT INTO "transfer" VALUES(4,'tx_7pc9pahp3nkz34xbn01qm2rh8h','voucher:voucher_01kdvdna0sf01bc459yzwje3te','org:org_01kdvdna01erzsbx5kpbjb0v76:earnings',400000,'hold',NULL,'job_01kdvdna0vft9s8z9r1p0zkgfp','{"amount":"400000","at":"2026-01-01T00:00:00.028000Z","credit":"org:org_01kdvdna01erzsbx5kpbjb0v76:earnings","debit":"voucher:voucher_01kdvdna0sf01bc459yzwje3te","id":"tx_7pc9pahp3nkz34xbn01qm2rh8h","job":"job_01kdvdna0vft9s8z9r1p0zkgfp","kind":"hold","memo":"held for run_01kdvdna0wfy99ctxem54bxark","pending":null,"receipt":null,"run":"run_01kdvdna0wfy99ctxem54bxark"}',1767225600028000,'65e6b6fd9f6ed452ef7ebad946a213e932b786ff12a5a04ea50823d91a527047','68eee3a8caa9036e439161dbf883387cbcdc1d96b599e71f4411f01255bb2e78');
INSERT INTO "transfer" VALUES(5,'tx_zc4774sc7105vtzx3a4c1xgm6w','org:org_01kdvdna02fgs9q08eesqckmm6:balance','org:org_01kdvdna01erzsbx5kpbjb0v76:earnings',600000,'hold',NULL,'job_01kdvdna0vft9s8z9r1p0zkgfp','{"amount":"600000","at":"2026-01-01T00:00:00.028000Z","credit":"org:org_01kdvdna01erzsbx5kpbjb0v76:earnings","debit":"org:org_01kdvdna02fgs9q08eesqckmm6:balance","id":"tx_zc4774sc7105vtzx3a4c1xgm6w","job":"job_01kdvdna0vft9s8z9r1p0zkgfp","kind":"hold","memo":"held for run_01kdvdna0wfy99ctxem54bxark","pending":null,"receipt":null,"run":"run_01kdvdna0wfy99ctxem54bxark"}',1767225600028000,'68eee3a8caa9036e439161dbf883387cbcdc1d96b599e71f4411f01255bb2e78','d50e3f2eaed4816c251c3490e6239bdac2cc97ed6cfce3275e52c64f22533432');
INSERT INTO "transfer" VALUES(6,'tx_j17ded7wwtkza7jfkdxe0rfryr','voucher:voucher_01kdvdna0sf01bc459yzwje3te','org:org_01kdvdna01erzsbx5kpbjb0v76:earnings',400000,'post','tx_7pc9pahp3nkz34xbn01qm2rh8h','job_01kdvdna0vft9s8z9r1p0zkgfp','{"amount":"400000","at":"2026-01-01T01:00:00.033000Z","credit":"org:org_01kdvdna01erzsbx5kpbjb0v76:earnings","debit":"voucher:voucher_01kdvdna0sf01bc459yzwje3te","id":"tx_j17ded7wwtkza7jfkdxe0rfryr","job":"job_01kdvdna0vft9s8z9r1p0zkgfp","kind":"post","memo":"receipt rcpt_01kdvh35n1es582pj7rqrdzd55","pending":"tx_7pc9pahp3nkz34xbn01qm2rh8h","receipt":"rcpt_01kdvh35n1es582pj7rqrdzd55","run":"run_01kdvdna0wfy99ctxem54bxark"}',1767229200033000,'d50e3f2eaed4816c251c3490e6239bdac2cc97ed6cfce3275e52c64f22533432','d04d1e84112e147fe6be680955e9bf5486ff1fe11e530ec8a50cbd3750ae1672');
INSERT INTO "transfer" VALUES(7,'tx_zc0v0et5pqggdyg00yjd40h4st','org:org_01kdvdna02fgs9q08eesqckmm6:balance','org:org_01kdvdna01erzsbx5kpbjb0v76:earnings',600000,'post','tx_zc4774sc7105vtzx3a4c1xgm6w','job_01kdvdna0vft9s8z9r1p0zkgfp','{"amount":"600000","at":"2026-01-01T01:00:00.033000Z","credit":"org:org_01kdvdna01erzsbx5kpbjb0v76:earnings","debit":"org:org_01kdvdna02fgs9q08eesqckmm6:balance","id":"tx_zc0v0et5pqggdyg00yjd40h4st","job":"job_01kdvdna0vft9s8z9r1p0zkgfp","kind":"post","memo":"receipt rcpt_01kdvh35n1es582pj7rqrdzd55","pending":"tx_zc4774sc7105vtzx3a4c1xgm6w","receipt":"rcpt_01kdvh35n1es582pj7rqrdzd55","run":"run_01kdvdna0wfy99ctxem54bxark"}',1767229200033000,'d04d1e84112e147fe6be680955e9bf5486ff1fe11e530ec8a50cbd3750ae1672','607d32692e0e75feb02279ee47a4ac6247d1f6bd9bffae988e402baa3d7cfd3c');
INSERT INTO "transfer" VALUES(8,'tx_eaysh0yrpwz2es0pfz34kb7f5p','org:org_01kdvdna01erzsbx5kpbjb0v76:earnings','fees',100000,'fee',NULL,'job_01kdvdna0vft9s8z9r1p0zkgfp','{"amount":"100000","at":"2026-01-01T01:00:00.033000Z","credit":"fees","debit":"org:org_01kdvdna01erzsbx5kpbjb0v76:earnings","id":"tx_eaysh0yrpwz2es0pfz34kb7f5p","job":"job_01kdvdna0vft9s8z9r1p0zkgfp","kind":"fee","memo":"fee of 10.00 %","pending":null,"receipt":"rcpt_01kdvh35n1es582pj7rqrdzd55","run":"run_01kdvdna0wfy99ctxem54bxark"}',1767229200033000,'607d32692e0e75feb02279ee47a4ac6247d1f6bd9bffae988e402baa3d7cfd3c','7f7f376ac30ecf38c686b0f407df89b7e75a715d3ffd0f067a66f1be680291f9');
INSERT INTO "transfer" VALUES(9,'tx_bthbz17yyfcn5w5xdj589yt7je','fees','org:org_01kdvdna01erzsbx5kpbjb0v76:earnings',100000,'refund',NULL,'job_01kdvdna0vft9s8z9r1p0zkgfp','{"amount":"100000","at":"2026-01-01T01:00:00.034000Z","credit":"org:org_01kdvdna01erzsbx5kpbjb0v76:earnings","debit":"fees","id":"tx_bthbz17yyfcn5w5xdj589yt7je","job":"job_01kdvdna0vft9s8z9r1p0zkgfp","kind":"refund","memo":"outage","pending":null,"receipt":"rcpt_01kdvh35n1es582pj7rqrdzd55","run":"run_01kdvdna0wfy99ctxem54bxark"}',1767229200034000,'7f7f376ac30ecf38c686b0f407df89b7e75a715d3ffd0f067a66f1be680291f9','9b0fb9f7f8834b667d11c171d6f3269482a869c8a36e9732a2de5bb1b9b0c693');
INSERT INTO "transfer" VALUES(10,'tx_17mvf3wjy2wz39bcg6qehj6td6','org:org_01kdvdna01erzsbx5kpbjb0v76:earnings','org:org_01kdvdna02fgs9q08eesqckmm6:balance',600000,'refund',NULL,'job_01kdvdna0vft9s8z9r1p0zkgfp','{"amount":"600000","at":"2026-01-01T01:00:00.034000Z","credit":"org:org_01kdvdna02fgs9q08eesqckmm6:balance","debit":"org:org_01kdvdna01erzsbx5kpbjb0v76:earnings","id":"tx_17mvf3wjy2wz39bcg6qehj6td6","job":"job_01kdvdna0vft9s8z9r1p0zkgfp","kind":"refund","memo":"outage","pending":null,"receipt":"rcpt_01kdvh35n1es582pj7rqrdzd55","run":"run_01kdvdna0wfy99ctxem54bxark"}',1767229200034000,'9b0fb9f7f8834b667d11c171d6f3269482a869c8a36e9732a2de5bb1b9b0c693','cf49da6129562dbff26947afdd36543e446f95acd6ee5df487a9ea88aa14b3f0');
INSERT INTO "transfer" VALUES(11,'tx_p49kg3kyqsk7yavz8pspfzprvm','org:org_01kdvdna01erzsbx5kpbjb0v76:earnings','voucher:voucher_01kdvdna0sf01bc459yzwje3te',400000,'refund',NULL,'job_01kdvdna0vft9s8z9r1p0zkgfp','{"amount":"400000","at":"2026-01-01T01:00:00.034000Z","credit":"voucher:voucher_01kdvdna0sf01bc459yzwje3te","debit":"org:org_01kdvdna01erzsbx5kpbjb0v76:earnings","id":"tx_p49kg3kyqsk7yavz8pspfzprvm","job":"job_01kdvdna0vft9s8z9r1p0zkgfp","kind":"refund","memo":"outage","pending":null,"receipt":"rcpt_01kdvh35n1es582pj7rqrdzd55","run":"run_01kdvdna0wfy99ctxem54bxark"}',1767229200034000,'cf49da6129562dbff26947afdd36543e446f95acd6ee5df487a9ea88aa14b3f0','7696decca6c1062c7534d7d3daf54b6ed0386779cde5e3614751250eb23b3b85');
INSERT INTO "transfer" VALUES(12,'tx_mcrs3zz1by28j4c6ynr1kn32sf','org:org_01kdvdna02fgs9q08eesqckmm6:balance','org:org_01kdvdna01erzsbx5kpbjb0v76:earnings',1000000,'hold',NULL,'job_01kdvh35n3e27smw8m92bchpgs','{"amount":"1000000","at":"2026-01-01T01:00:00.036000Z","credit":"org:org_01kdvdna01erzsbx5kpbjb0v76:earnings","debit":"org:org_01kdvdna02fgs9q08eesqckmm6:balance","id":"tx_mcrs3zz1by28j4c6ynr1kn32sf","job":"job_01kdvh35n3e27smw8m92bchpgs","kind":"hold","memo":"held for run_01kdvh35n4etgtezvcqq625btr","pending":null,"receipt":null,"run":"run_01kdvh35n4etgtezvcqq625btr"}',1767229200036000,'7696decca6c1062c7534d7d3daf54b6ed0386779cde5e3614751250eb23b3b85','f3890716322cf8c84ad4997e78d0a078239348cd694afe1939c54a070b51005b');
INSERT INTO "transfer" VALUES(13,'tx_kdqvjfbxmey8qx90k4t7kg7x00','org:org_01kdvdna02fgs9q08eesqckmm6:balance','org:org_01kdvdna01erzsbx5kpbjb0v76:earnings',83334,'post','tx_mcrs3zz1by28j4c6ynr1kn32sf','job_01kdvh35n3e27smw8m92bchpgs','{"amount":"83334","at":"2026-01-01T01:05:00.039000Z","credit":"org:org_01kdvdna01erzsbx5kpbjb0v76:earnings","debit":"org:org_01kdvdna02fgs9q08eesqckmm6:balance","id":"tx_kdqvjfbxmey8qx90k4t7kg7x00","job":"job_01kdvh35n3e27smw8m92bchpgs","kind":"post","memo":"receipt rcpt_01kdvhcam7fczt3ynsty67w4tf","pending":"tx_mcrs3zz1by28j4c6ynr1kn32sf","receipt":"rcpt_01kdvhcam7fczt3ynsty67w4tf","run":"run_01kdvh35n4etgtezvcqq625btr"}',1767229500039000,'f3890716322cf8c84ad4997e78d0a078239348cd694afe1939c54a070b51005b','dd30235c78622bd38c3398a949971d43b924c817f8219e8901c4b5fcce268aac');
INSERT INTO "transfer" VALUES(14,'tx_13tfa9a60jqkhfw8ntk0ghqczf','org:org_01kdvdna01erzsbx5kpbjb0v76:earnings','fees',8333,'fee',NULL,'job_01kdvh35n3e27smw8m92bchpgs','{"amount":"8333","at":"2026-01-01T01:05:00.039000Z","credit":"fees","debit":"org:org_01kdvdna01erzsbx5kpbjb0v76:earnings","id":"tx_13tfa9a60jqkhfw8ntk0ghqczf","job":"job_01kdvh35n3e27smw8m92bchpgs","kind":"fee","memo":"fee of 10.00 %","pending":null,"receipt":"rcpt_01kdvhcam7fczt3ynsty67w4tf","run":"run_01kdvh35n4etgtezvcqq625btr"}',1767229500039000,'dd30235c78622bd38c3398a949971d43b924c817f8219e8901c4b5fcce268aac','039034681abe0981e448b20598d6595f62ac01ddd77229e0875f5455a809c589');
INSERT INTO "transfer" VALUES(15,'tx_5rg0sft376jnqtz3xvm9jcbkgr','org:org_01kdvdna02fgs9q08eesqckmm6:balance','org:org_01kdvdna01erzsbx5kpbjb0v76:earnings',1000000,'hold',NULL,'job_01kdvhcam8ff7asartdf39tjyr','{"amount":"1000000","at":"2026-01-01T01:05:00.041000Z","credit":"org:org_01kdvdna01erzsbx5kpbjb0v76:earnings","debit":"org:org_01kdvdna02fgs9q08eesqckmm6:balance","id":"tx_5rg0sft376jnqtz3xvm9jcbkgr","job":"job_01kdvhcam8ff7asartdf39tjyr","kind":"hold","memo":"held for run_01kdvhcam9e6x84a1x2pmyr206","pending":null,"receipt":null,"run":"run_01kdvhcam9e6x84a1x2pmyr206"}',1767229500041000,'039034681abe0981e448b20598d6595f62ac01ddd77229e0875f5455a809c589','5e58c8c99d62db0804efd8604bc7bafed4724effa8d8fa988a489f9436f11e9f');
CREATE TABLE voucher (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	issuer TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	document TEXT NOT NULL, 
	created_us INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name), 
	FOREIGN KEY(holder) REFERENCES organisation (id)
)
 STRICT

;
INSERT INTO "voucher" VALUES('voucher_01kdvdna0sf01bc459yzwje3te','v','org_01kdvdna02fgs9q08eesqckmm6','org_01kdvdna02fgs9q08eesqckmm6','{"amount":"400000","chips":[],"from":"2026-01-01T00:00:00.024000Z","hubs":[],"max_unit_price":null,"purpose":"","until":"2026-01-31T00:00:00.024000Z"}',1767225600025000);
CREATE INDEX idempotency_age ON idempotency (created_us);
CREATE INDEX identity_subject ON identity_document (subject);
CREATE INDEX request_queue ON request (state, mode, pinned, signature, priority DESC, id);
CREATE INDEX round_priced ON round (number) WHERE prices IS NOT NULL;
CREATE INDEX trade_job ON trade (job);
CREATE INDEX transfer_debit ON transfer (debit, seq);
CREATE INDEX transfer_job ON transfer (job);
CREATE INDEX transfer_pending ON transfer (pending_id);
CREATE INDEX transfer_credit ON transfer (credit, seq);
CREATE INDEX journal_subject ON journal (subject, seq);
CREATE INDEX journal_organisation ON journal (organisation, seq);
CREATE INDEX voucher_holder ON voucher (holder);
CREATE INDEX token_member ON token (member);
CREATE INDEX job_organisation ON job (organisation, id);
CREATE INDEX job_state ON job (state, id);
CREATE INDEX job_organisation_state ON job (organisation, state, id);
CREATE INDEX job_after ON job ("after");
CREATE INDEX challenge_job ON challenge (job);
CREATE INDEX certificate_resource ON certificate (resource);
CREATE INDEX offer_organisation ON offer (organisation, id);
CREATE INDEX offer_state ON offer (state, id);
CREATE INDEX bank_deposit_state ON bank_deposit (state, id);
CREATE INDEX bank_deposit_organisation ON bank_deposit (organisation, id);
CREATE INDEX run_site_state ON run (site, state);
CREATE INDEX run_state ON run (state);
CREATE INDEX receipt_job ON receipt (job);
CREATE INDEX receipt_created ON receipt (created_us);
CREATE INDEX receipt_site_state ON receipt (site, state);
CREATE INDEX receipt_organisation ON receipt (organisation, id);
COMMIT;
