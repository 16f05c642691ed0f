# Perl: modules, signals, a file in /data that is locked, pipes, fork and other programs.
use strict;
use warnings;
use Fcntl qw(:DEFAULT :flock);
use File::Temp qw(tempfile);
use JSON::PP;
use Time::HiRes qw(ualarm);

$| = 1;

sub modules {
	my $value = decode_json('{"list": [1, 2, {"deep": "yes"}]}');
	die unless $value->{list}[2]{deep} eq 'yes';
	my ($handle, $name) = tempfile(UNLINK => 1);
	print $handle "text\n";
	close $handle or die;
	die unless -s $name == 5;
}

sub alarms {
	my $rang = 0;
	local $SIG{ALRM} = sub { $rang = 1 };
	ualarm 1000;
	select undef, undef, undef, 0.05 until $rang;
}

sub database {
	sysopen my $file, '/data/lines', O_RDWR | O_CREAT | O_TRUNC or die "/data/lines: $!\n";
	flock $file, LOCK_EX or die "flock: $!\n";
	print $file "$_\n" for 1 .. 100;
	seek $file, 0, 0;
	my $sum = 0;
	$sum += $_ while <$file>;
	die "sum $sum\n" unless $sum == 5050;
	close $file or die "close: $!\n";
}

sub processes {
	pipe my $from, my $to or die "pipe: $!\n";
	my $pid = fork // die "fork: $!\n";
	unless ($pid) {
		print $to "hello\n";
		close $to;
		exit 3;
	}
	close $to;
	die unless <$from> eq "hello\n";
	waitpid $pid, 0;
	die unless $? >> 8 == 3;
	my $answer = `expr 6 '*' 7` // die "expr: $!\n";
	die unless $answer eq "42\n";
}

for my $part (qw(modules alarms database processes)) {
	no strict 'refs';
	&$part();
	print "$part\n";
}
